import { bytesPerElement } from '@agop/core';
import type { KernelSource } from '../kernels/launcher.ts';
import { kernelSource } from '../kernels/sources.ts';
import { multiplyBlock } from './products.ts';
import { type DeviceMatrix, type Runtime, rowAddress } from './runtime.ts';

/** Rows of a diagonal block that is inverted, as in kernels/triangular.cu. */
const block = 128;
/** Rows of the blocks that the inversion begins with. */
const small = 32;
/**
 * Up to so many right-hand sides are solved for by kernels of our own, which read L once for four of them.
 */
const fewColumns = 16;
/** The most that the second dimension of a grid has room for. */
const mostGroups = 65_535;

/**
 * B <- L⁻¹ B or L⁻ᵀ B by the inverses of diagonal blocks of 128 rows: as stable as substitution while these
 * blocks are well-conditioned, whose condition number is at most the root of that of L Lᵀ. Few right-hand
 * sides take one launch a block, at the speed at which L is read; many are products, with blocks halved
 * until they are small. A column of B touches no other one, and nothing above the diagonal is read.
 *
 * Source: Du Croz, Higham 1992, Stability of methods for matrix inversion, IMA J. Numer. Anal. 12.
 */
export function solveTriangular(
  runtime: Runtime,
  l: DeviceMatrix,
  b: DeviceMatrix,
  transposed: boolean,
): void {
  const [n, k] = [b.rows, b.columns];
  if (n === 0 || k === 0) return;
  const width = bytesPerElement(l.dtype);
  const padded = Math.ceil(n / block) * block;
  runtime.withScratch(padded * block * width, (inverse) => {
    invertDiagonal(runtime, l, padded, inverse);
    const system = { l, b, transposed, inverse };
    if (k <= fewColumns) solveInSteps(runtime, system);
    else solveByHalves(runtime, system, 0, n);
  });
}

interface System {
  readonly l: DeviceMatrix;
  readonly b: DeviceMatrix;
  readonly transposed: boolean;
  /** Address of the inverses of the diagonal blocks. */
  readonly inverse: number;
}

/** Inverses of the diagonal blocks, [padded, 128]: of 32 rows, then pairs of them joined twice. */
function invertDiagonal(runtime: Runtime, l: DeviceMatrix, padded: number, inverse: number): void {
  const source = sourceFor(l, 1);
  const begin = { grid: [padded / small], block: [small] } as const;
  runtime.launch(source, 'invertSmall', begin, [l.buffer, l.rows, inverse]);
  for (let half = small; half < block; half *= 2) {
    const shape = { grid: [padded / (2 * half)], block: [256] } as const;
    runtime.launch(source, 'joinInverses', shape, [l.buffer, l.rows, half, inverse]);
  }
}

/** One launch for each block of rows, downwards or upwards. */
function solveInSteps(runtime: Runtime, system: System): void {
  const { b, transposed } = system;
  const blocks = Math.ceil(b.rows / block);
  for (let step = 0; step < blocks; step++) {
    const next = (transposed ? blocks - 1 - step : step) * block;
    const solved = step === 0 ? nothing : next + (transposed ? block : -block);
    // What is known goes to all that is not; before anything is known, the first block is alone.
    launchStep(runtime, system, { solved, next, waiting: step === 0 ? 1 : blocks - step });
  }
}

/** No unknowns are known. */
const nothing = -1;

interface Step {
  /** Rows of the block whose unknowns were found last, and of that whose are next. */
  readonly solved: number;
  readonly next: number;
  /** Blocks whose unknowns are not known. */
  readonly waiting: number;
}

function launchStep(
  runtime: Runtime,
  { l, b, transposed, inverse }: System,
  { solved, next, waiting }: Step,
): void {
  const [n, k] = [b.rows, b.columns];
  const together = k === 1 ? 1 : 4;
  for (let column = 0; column < k; column += together * mostGroups) {
    const groups = Math.min(mostGroups, Math.ceil((k - column) / together));
    const shape = { grid: [waiting, groups], block: [2 * block] } as const;
    const args = [l.buffer, n, inverse, solved, next, b.buffer, k, column];
    runtime.launch(sourceFor(l, together), transposed ? 'backwardStep' : 'forwardStep', shape, args);
  }
}

/** The `size` unknowns from row `base` on: one half, its product subtracted from the other one, the other. */
function solveByHalves(runtime: Runtime, system: System, base: number, size: number): void {
  const { l, b, transposed } = system;
  if (size <= block) {
    launchStep(runtime, system, { solved: nothing, next: base, waiting: 1 });
    return;
  }
  const half = Math.ceil(size / block / 2) * block;
  const upper = { base, size: half };
  const lower = { base: base + half, size: size - half };
  const [first, second] = transposed ? [lower, upper] : [upper, lower];
  solveByHalves(runtime, system, first.base, first.size);
  const below = { address: runtime.elementAddress(l, lower.base, upper.base), stride: l.columns };
  const known = { address: rowAddress(b, first.base), stride: b.columns };
  const unknown = { ...b, buffer: rowAddress(b, second.base), rows: second.size };
  const terms = { inner: first.size, transposeA: transposed, alpha: -1, beta: 1 };
  multiplyBlock(runtime, below, known, unknown, terms);
  solveByHalves(runtime, system, second.base, second.size);
}

function sourceFor({ dtype }: DeviceMatrix, columns: 1 | 4): KernelSource {
  return {
    key: `triangular ${dtype} ${columns}`,
    source: () => kernelSource('triangular', dtype, triangularDefinitions(columns)),
  };
}

/** Right-hand sides that a kernel solves for at a time. */
export function triangularDefinitions(columns: 1 | 4): string {
  return `#define COLUMNS ${columns}\n`;
}
