import { notInstalled, OptionError, UnavailableError } from '@agop/core';

/** What `navigator.gpu` is, as far as it is used here. */
export interface GpuProvider {
  requestAdapter(options?: object): Promise<object | null>;
}

/** A device that is open. */
export interface OpenDevice {
  readonly gpu: GPUDevice;
  /** Facts about what it is on, where they are known. */
  readonly info: GPUAdapterInfo | undefined;
  /** Ends it, if it was opened here. */
  readonly release: () => void;
}

/** Objects of the package `webgpu`: one that is collected while it works takes the process with it. */
const held = new Set<object>();

/**
 * What Dawn is asked for: not to fill the memory of groups with zeros before each kernel, which takes
 * software adapters seconds to compile. Our kernels write it before they read it.
 */
const features = ['enable-dawn-features=disable_workgroup_init'];

/** Limits of which the adapter is asked for all that it has. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const;

/**
 * A device of the best adapter.
 *
 * @throws {UnavailableError} without WebGPU, or without an adapter
 */
export async function openDevice(
  given: GpuProvider | undefined,
  powerPreference: GPUPowerPreference,
): Promise<OpenDevice> {
  const provider = given ?? (await findProvider());
  held.add(provider);
  const release = (): void => void held.delete(provider);
  try {
    const adapter = await provider.requestAdapter({ powerPreference });
    if (adapter === null) throw new UnavailableError(noAdapter());
    if (!isAdapter(adapter)) {
      throw new OptionError('gpu', { requirement: 'give a GPUAdapter', received: adapter });
    }
    const gpu = await deviceOf(adapter);
    return {
      gpu,
      info: adapter.info,
      release() {
        gpu.destroy();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function deviceOf(adapter: GPUAdapter): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice({
      requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]])),
      requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    });
  } catch (cause) {
    throw new UnavailableError(`The WebGPU adapter gives no device: ${cause}`, [], { cause });
  }
}

/** Whether a value is a device of WebGPU, as far as it is used here. */
export function isDevice(value: object): value is GPUDevice {
  return 'queue' in value && 'limits' in value && 'createBuffer' in value && 'lost' in value;
}

function isAdapter(value: object): value is GPUAdapter {
  return 'requestDevice' in value && 'limits' in value && 'features' in value;
}

function isProvider(value: unknown): value is GpuProvider {
  return typeof value === 'object' && value !== null && 'requestAdapter' in value;
}

/** What to do where there is no adapter, in Node or in a browser. */
function noAdapter(): string {
  return isNode()
    ? 'There is no WebGPU adapter. Install a driver for Vulkan (Debian: libvulkan1 and mesa-vulkan-drivers), Metal or Direct3D 12. The CPU backend needs none: --backend cpu of agop, @agop/backend-cpu in code.'
    : 'There is no WebGPU adapter. Check that it is not switched off in this browser: chrome://gpu or about:support says so.';
}

function isNode(): boolean {
  return typeof process === 'object' && process.versions?.node !== undefined;
}

/** That of the browser, else of the package `webgpu` in Node. */
async function findProvider(): Promise<GpuProvider> {
  const present: unknown = typeof navigator === 'object' && 'gpu' in navigator ? navigator.gpu : undefined;
  if (isProvider(present)) return present;
  if (!isNode()) {
    throw new UnavailableError(
      'This browser has no WebGPU, or not on this page: it needs https or localhost, and a browser that has it switched on.',
    );
  }
  try {
    // By a name that bundlers leave alone: the package holds programs for Node.
    const name = 'webgpu';
    const module: { create(options: string[]): unknown } = await import(
      /* webpackIgnore: true */ /* @vite-ignore */ name
    );
    const made = module.create(features);
    if (isProvider(made)) return made;
  } catch (cause) {
    throw notInstalled(
      'webgpu',
      'In Node the backend needs the package that brings WebGPU. Install it: npm install webgpu. The CPU backend works without: --backend cpu of agop, @agop/backend-cpu in code.',
      cause,
    );
  }
  throw new UnavailableError('The package `webgpu` that is installed here gives no WebGPU.');
}
