import type { Command, CopyCommand, DispatchCommand, UploadCommand } from './commands.ts';
import { usage } from './constants.ts';
import type { Counters } from './counters.ts';
import type { PassTimer } from './pass-timer.ts';

/** Bytes of the ring of uniforms. */
const ringBytes = 2 ** 18;

/**
 * Makes calls of WebGPU of commands: kernels between which nothing is copied share a pass, and their numbers
 * lie one after the other in a ring, which is written once before each submission.
 */
export class Encoder {
  readonly #device: GPUDevice;
  readonly #counters: Counters;
  readonly #timer: PassTimer;
  readonly #ring: GPUBuffer;
  readonly #uniforms = new Uint32Array(ringBytes / 4);
  readonly #alignment: number;
  /** In one dimension of a dispatch. */
  readonly #mostGroups: number;
  /** Bytes of the ring that the current commands have taken. */
  #taken = 0;
  #commands: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;

  constructor(device: GPUDevice, counters: Counters, timer: PassTimer) {
    this.#device = device;
    this.#counters = counters;
    this.#timer = timer;
    this.#alignment = device.limits.minUniformBufferOffsetAlignment;
    this.#mostGroups = device.limits.maxComputeWorkgroupsPerDimension;
    this.#ring = device.createBuffer({ size: ringBytes, usage: usage.uniform | usage.copyTarget });
  }

  add(command: Command): void {
    if (command.kind === 'dispatch') this.#dispatch(command);
    else if (command.kind === 'copy') this.#copy(command);
    else this.#upload(command);
  }

  /** Hands over what has been added. */
  submit(): void {
    if (!this.#commands) return;
    this.#endPass();
    if (this.#taken > 0) this.#device.queue.writeBuffer(this.#ring, 0, this.#uniforms, 0, this.#taken / 4);
    this.#device.queue.submit([this.#commands.finish()]);
    this.#counters.submissions += 1;
    this.#commands = undefined;
    this.#taken = 0;
  }

  close(): void {
    this.#ring.destroy();
  }

  #dispatch({ pipeline, ranges, uniforms, groups, bytes }: DispatchCommand): void {
    const { compiled, layout } = pipeline;
    if (!compiled) throw new Error('The kernel is not compiled.');
    const room = Math.ceil(uniforms.byteLength / this.#alignment) * this.#alignment;
    if (this.#taken + room > ringBytes) this.submit();
    const offset = this.#taken;
    this.#uniforms.set(uniforms, offset / 4);
    this.#taken += room;
    const group = this.#device.createBindGroup({
      layout,
      entries: [
        ...ranges.map(({ block, offset, bytes: size }, binding) => ({
          binding,
          resource: { buffer: block.gpu, offset, size },
        })),
        { binding: ranges.length, resource: { buffer: this.#ring, size: uniforms.byteLength } },
      ],
    });
    const across = Math.min(groups, this.#mostGroups);
    const pass = this.#currentPass();
    pass.setPipeline(compiled);
    pass.setBindGroup(0, group, [offset]);
    pass.dispatchWorkgroups(across, Math.ceil(groups / across));
    this.#counters.dispatches += 1;
    this.#counters.kernelBytes += bytes;
  }

  #copy({ from, fromByte, to, toByte, bytes, isDownload }: CopyCommand): void {
    this.#endPass();
    this.#encoder().copyBufferToBuffer(from.gpu, fromByte, to.gpu, toByte, bytes);
    this.#counters[isDownload ? 'downloadedBytes' : 'copiedBytes'] += bytes;
  }

  #upload({ to, toByte, data }: UploadCommand): void {
    this.submit();
    this.#device.queue.writeBuffer(to.gpu, toByte, data);
    this.#counters.uploadedBytes += data.byteLength;
  }

  #encoder(): GPUCommandEncoder {
    this.#commands ??= this.#device.createCommandEncoder();
    return this.#commands;
  }

  #currentPass(): GPUComputePassEncoder {
    if (!this.#pass) {
      this.#pass = this.#encoder().beginComputePass(this.#timer.next());
      this.#counters.passes += 1;
    }
    return this.#pass;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }
}
