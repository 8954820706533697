import { randomArray } from '@agop/core';
import { describe, expect, test } from 'vitest';
import { Heap } from '../src/wasm/heap.ts';
import { WIDE_TILES } from '../src/wasm/layout.ts';
import { TileChoice } from '../src/wasm/tiles.ts';

/** Microseconds of the trial of a number, of one tile shape, at a time in milliseconds. */
type Machine = (trial: number, wide: boolean, at: number) => number;

/** A choice on a machine that takes as long as it is told, with a clock that shows just that. */
class Trials {
  readonly choice: TileChoice;
  count = 0;
  #clock = 0;

  constructor(machine: Machine) {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 64 });
    const gemm = (): void => {
      const wide = new Int32Array(memory.buffer, WIDE_TILES, 1)[0] === 1;
      this.#clock += machine(this.count++, wide, this.#clock) / 1000;
    };
    this.choice = new TileChoice({ float32: { gemm } }, new Heap(memory, 65536, 64), () => this.#clock);
  }

  /** Large products of 10 ms. */
  multiply(products: number): void {
    for (let product = 0; product < products; product++) {
      this.choice.review();
      this.#clock += 10;
    }
  }
}

const fused: Machine = (_, wide) => (wide ? 20 : 38);
/** As on an EPYC of the fourth generation. */
const fusedByLittle: Machine = (_, wide) => (wide ? 17.5 : 22.9);
const unfused: Machine = (_, wide) => (wide ? 58 : 38);

/** Another process has the core for some milliseconds in most of the trials. */
function busy(machine: Machine, seed: number, share: number): Machine {
  const luck = randomArray(4000, 'uniform', { seed }, 'float64');
  return (trial, wide) => {
    const [chance, length] = [luck[(2 * trial) % 4000], luck[(2 * trial + 1) % 4000]] as [number, number];
    return machine(trial, wide, 0) * (1 + 0.2 * length) + (chance < share ? 5000 * length : 0);
  };
}

/** Not optimized for so many milliseconds; both shapes are much slower then, and the wrong one less so. */
function lateCompiler(machine: Machine, until: number): Machine {
  return (trial, wide, at) => (at < until ? 900 - machine(trial, wide, at) * 10 : machine(trial, wide, at));
}

describe.each([
  ['fuses', fused, true],
  ['fuses, to little gain', fusedByLittle, true],
  ['does not fuse', unfused, false],
] as const)('on an engine that %s', (_, machine, wide) => {
  test('the faster tiles are chosen at the start', async () => {
    const { choice } = new Trials(machine);
    await choice.settle();
    expect(choice.settled).toBe(true);
    expect(choice.wide).toBe(wide);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('and on a busy machine, seed %d', async (seed) => {
    const trials = new Trials(busy(machine, seed, 0.7));
    await trials.choice.settle();
    trials.multiply(20);
    expect(trials.choice.wide).toBe(wide);
  });

  test('and where everything at the start was disturbed', async () => {
    const trials = new Trials((trial, isWide, at) => machine(trial, isWide, at) + (at < 300 ? 3000 : 0));
    await trials.choice.settle();
    trials.multiply(60);
    expect(trials.choice.wide).toBe(wide);
  });

  test('a choice that was made too early is undone', async () => {
    const trials = new Trials(lateCompiler(machine, 400));
    await trials.choice.settle();
    expect(trials.choice.wide).toBe(!wide);
    trials.multiply(100);
    expect(trials.choice.wide).toBe(wide);
    expect(trials.choice.settled).toBe(true);
  });
});

test('looking back becomes rare', async () => {
  const trials = new Trials(fused);
  await trials.choice.settle();
  const before = trials.count;
  trials.multiply(6400);
  expect(trials.count - before).toBeLessThan(4 * 120);
});
