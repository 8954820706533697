import { openDevice } from '../src/device/open.ts';

/** What goes wrong on a {@link faultyDevice}. */
export interface Faults {
  /** Bytes that all buffers may have together. */
  memoryBytes?: number;
  /** What is wrong with each submission. */
  submission?: string;
  /** Kernels whose label has this text do not compile. */
  kernel?: string;
}

/**
 * A device on which things go wrong, as its `faults` say, which may change.
 *
 * @param groups most groups in one dimension of a dispatch
 */
export async function faultyDevice(groups = 65_535): Promise<{
  readonly device: object;
  readonly faults: Faults;
  readonly close: () => void;
}> {
  const { gpu, release } = await openDevice(undefined, 'high-performance');
  const faults: Faults = {};
  let bytes = 0;
  const scopes: { filter: string; error: { message: string } | null }[] = [];
  const found = (filter: string, message: string): void => {
    const scope = scopes.findLast((one) => one.filter === filter);
    if (scope) scope.error ??= { message };
  };
  const replaced: Readonly<Record<string, unknown>> = {
    limits: new Proxy(gpu.limits, {
      get: (limits, name) =>
        name === 'maxComputeWorkgroupsPerDimension' ? groups : Reflect.get(limits, name, limits),
    }),
    createBuffer(descriptor: GPUBufferDescriptor): GPUBuffer {
      const isTooMuch = bytes + descriptor.size > (faults.memoryBytes ?? Number.POSITIVE_INFINITY);
      if (isTooMuch) found('out-of-memory', 'there is no more');
      const buffer = gpu.createBuffer(isTooMuch ? { ...descriptor, size: 4 } : descriptor);
      if (!isTooMuch) {
        bytes += descriptor.size;
        const destroy = buffer.destroy.bind(buffer);
        let isThere = true;
        buffer.destroy = () => {
          if (isThere) bytes -= descriptor.size;
          isThere = false;
          destroy();
        };
      }
      return buffer;
    },
    pushErrorScope(filter: GPUErrorFilter): void {
      scopes.push({ filter, error: null });
      gpu.pushErrorScope(filter);
    },
    async popErrorScope(): Promise<object | null> {
      const { error = null } = scopes.pop() ?? {};
      const real = await gpu.popErrorScope();
      return error ?? real;
    },
    createCommandEncoder(): GPUCommandEncoder {
      if (faults.submission) found('validation', faults.submission);
      return gpu.createCommandEncoder();
    },
    async createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor): Promise<GPUComputePipeline> {
      if (faults.kernel && descriptor.label?.includes(faults.kernel)) throw new Error('it is too long');
      return gpu.createComputePipelineAsync(descriptor);
    },
  };
  const device = new Proxy(gpu, {
    get(target, name) {
      const own = typeof name === 'string' ? replaced[name] : undefined;
      if (own) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { device, faults, close: release };
}
