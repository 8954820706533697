import { type AgopError, DeviceError } from '@agop/core';
import { nameOf, type Shader, wgslOf } from '../shader/shader.ts';
import { computeStage } from './constants.ts';
import type { Counters } from './counters.ts';

/** A kernel on a device. */
export interface Pipeline {
  readonly layout: GPUBindGroupLayout;
  /** Undefined until it is compiled. */
  compiled: GPUComputePipeline | undefined;
  /** Settles when it is compiled or has failed; undefined from then on. */
  pending: Promise<void> | undefined;
  failure: AgopError | undefined;
}

/** Kernels by their keys. They are compiled while other work goes on. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #counters: Counters;
  readonly #known = new Map<string, Pipeline>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice, counters: Counters) {
    this.#device = device;
    this.#counters = counters;
  }

  get(shader: Shader): Pipeline {
    const known = this.#known.get(shader.key);
    if (known) return known;
    const pipeline: Pipeline = {
      layout: this.#layout(shader),
      compiled: undefined,
      pending: undefined,
      failure: undefined,
    };
    this.#known.set(shader.key, pipeline);
    this.#counters.pipelines += 1;
    pipeline.pending = this.#compile(shader, pipeline);
    return pipeline;
  }

  async #compile(shader: Shader, pipeline: Pipeline): Promise<void> {
    try {
      const device = this.#device;
      pipeline.compiled = await device.createComputePipelineAsync({
        label: nameOf(shader),
        layout: device.createPipelineLayout({ bindGroupLayouts: [pipeline.layout] }),
        compute: {
          module: device.createShaderModule({ label: nameOf(shader), code: wgslOf(shader) }),
          entryPoint: 'main',
        },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      pipeline.failure = new DeviceError('webgpu', `compiling the kernel '${nameOf(shader)}'`, reason);
    } finally {
      pipeline.pending = undefined;
    }
  }

  /** One for all kernels whose operands are used alike. */
  #layout({ operands }: Shader): GPUBindGroupLayout {
    const uses = Object.values(operands).map(({ access }) => (access === 'read' ? 'r' : 'w'));
    const key = uses.join('');
    const known = this.#layouts.get(key);
    if (known) return known;
    const layout = this.#device.createBindGroupLayout({
      entries: [
        ...uses.map((use, binding) => ({
          binding,
          visibility: computeStage,
          buffer: { type: use === 'r' ? 'read-only-storage' : 'storage' } as const,
        })),
        {
          binding: uses.length,
          visibility: computeStage,
          buffer: { type: 'uniform', hasDynamicOffset: true } as const,
        },
      ],
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}
