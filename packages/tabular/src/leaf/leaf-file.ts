import { FormatError } from '@agop/core';
import {
  decodeSafetensors,
  encodeSafetensors,
  fitWarningCodes,
  historySchema,
  type ModelParts,
  type Rows,
  type Samples,
} from '@agop/estimators';
import { type RFMDescription, rfm } from '@agop/rfm';
import * as z from 'zod/mini';
import type { FittedLeaf, LeafJob } from './fit-leaf.ts';

const schema = z.object({
  rows: z.int().check(z.gte(1)),
  best: z.int().check(z.nonnegative()),
  history: historySchema,
  warnings: z.array(
    z.object({
      code: z.enum(fitWarningCodes),
      message: z.string(),
      iteration: z.int().check(z.nonnegative()),
    }),
  ),
  model: z.unknown(),
});

/** A fitted leaf as the bytes of a safetensors file. */
export function leafToBytes({ parts, rows, best, history, warnings }: FittedLeaf): Uint8Array {
  const records = history.map((record) => ({ ...record, value: record.value ?? null }));
  const leaf = JSON.stringify({ rows, best, history: records, warnings, model: parts.description });
  return encodeSafetensors(parts.tensors, { format: 'agop-leaf', leaf });
}

/** Reads what {@link leafToBytes} wrote. @throws {FormatError} for anything else */
export function leafFromBytes(bytes: Uint8Array): FittedLeaf {
  const { tensors, metadata } = decodeSafetensors(bytes);
  try {
    const { model, history, ...others } = schema.parse(JSON.parse(metadata['leaf'] ?? ''));
    const parts: ModelParts<RFMDescription> = { description: rfm.format.parse(model), tensors };
    return {
      ...others,
      parts,
      history: history.map((record) => ({ ...record, value: record.value ?? undefined })),
    };
  } catch (cause) {
    throw new FormatError('Not a saved leaf, or a damaged one.', { cause });
  }
}

/**
 * A name for what a leaf is fitted from: equal for equal jobs, and for others different but for an accident
 * of 1 in 2⁶⁴.
 */
export function leafName(job: LeafJob): string {
  const hash = new Hash();
  hash.text(JSON.stringify([job.task, job.settings]));
  for (const name of Object.keys(job.taskTensors).sort()) hash.numbers(job.taskTensors[name]?.data ?? []);
  for (const samples of [job.training, job.held, job.all]) hash.samples(samples);
  return `leaf-${hash.digest()}`;
}

/** Two hashes of 32 bits each, by the multiplication and shifts of MurmurHash3. */
class Hash {
  #a = 0x9e3779b9;
  #b = 0x85ebca6b;

  samples(samples: Samples<Rows> | undefined): void {
    this.#mix(samples ? samples.x.rows : -1);
    if (!samples) return;
    this.numbers(samples.x.data);
    this.numbers(samples.y.data);
    this.numbers(samples.weights ?? []);
  }

  numbers(values: ArrayLike<number>): void {
    const block = new Float64Array(1024);
    const words = new Int32Array(block.buffer);
    for (let begin = 0; begin < values.length; begin += block.length) {
      const count = Math.min(block.length, values.length - begin);
      for (let i = 0; i < count; i++) block[i] = values[begin + i] as number;
      for (let i = 0; i < 2 * count; i++) this.#mix(words[i] as number);
    }
    this.#mix(values.length);
  }

  text(value: string): void {
    for (let i = 0; i < value.length; i++) this.#mix(value.charCodeAt(i));
  }

  digest(): string {
    return [this.#a, this.#b].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mix(word: number): void {
    this.#a = step(this.#a, word, 0xcc9e2d51, 15);
    this.#b = step(this.#b, word, 0x1b873593, 13);
  }
}

function step(state: number, word: number, factor: number, shift: number): number {
  const mixed = Math.imul(word, factor);
  const turned = (mixed << shift) | (mixed >>> (32 - shift));
  const next = state ^ Math.imul(turned, 0x38b34ae5);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}
