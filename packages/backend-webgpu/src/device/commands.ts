import type { Block } from './block.ts';
import type { Pipeline } from './pipelines.ts';

/** Part of a block as a kernel sees it; both multiples of what the device aligns bindings to, or the end. */
export interface Range {
  readonly block: Block;
  readonly offset: number;
  readonly bytes: number;
}

/** A kernel with all it needs. */
export interface DispatchCommand {
  readonly kind: 'dispatch';
  readonly pipeline: Pipeline;
  readonly ranges: readonly Range[];
  /** Of the blocks in `ranges`. */
  readonly writes: readonly Block[];
  readonly uniforms: Uint32Array;
  readonly groups: number;
  /** For the counters. */
  readonly bytes: number;
}

/** A copy within the device, or to a buffer that the host can read. All in bytes. */
export interface CopyCommand {
  readonly kind: 'copy';
  readonly from: Block;
  readonly fromByte: number;
  readonly to: Block;
  /** Whether it is read there by the host. */
  readonly isDownload: boolean;
  readonly toByte: number;
  readonly bytes: number;
}

/** Data from the host, which nobody changes any more. */
export interface UploadCommand {
  readonly kind: 'upload';
  readonly to: Block;
  readonly toByte: number;
  readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
}

export type Command = DispatchCommand | CopyCommand | UploadCommand;

/** The blocks of a command, those that are read first. */
export function blocksOf(command: Command): readonly Block[] {
  switch (command.kind) {
    case 'dispatch':
      return command.ranges.map(({ block }) => block);
    case 'copy':
      return [command.from, command.to];
    case 'upload':
      return [command.to];
  }
}

/** The blocks that a command writes. */
export function writtenBy(command: Command): readonly Block[] {
  return command.kind === 'dispatch' ? command.writes : [command.to];
}
