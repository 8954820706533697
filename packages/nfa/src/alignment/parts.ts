import type { Backend, Tensor } from '@agop/core';
import { hasFewUnits } from '../comparison/correlate.ts';

/** The summands of W = W_0 + D, [units, inputs]. */
type Summands = readonly [initial: Tensor, change: Tensor];

/** A square matrix on the host, row-major. */
interface HostSquare {
  readonly data: ArrayLike<number>;
  readonly order: number;
}

/** Matrices of two summands: at [a][b]. */
type Grid = readonly [readonly [HostSquare, HostSquare], readonly [HostSquare, HostSquare]];

const both = [0, 1] as const;

/**
 * The 16 parts of ⟨WᵀW, Wᵀ K W⟩, tr(S_aᵀ S_b · S_cᵀ K S_e), at 8a + 4b + 2c + e. By matrices of the order of
 * the smaller side of W: among units, with Q_ab = S_a S_bᵀ, a part is tr(Q_bc K Q_ea).
 */
export async function sixteenParts(
  ops: Backend,
  summands: Summands,
  covariance: Tensor,
): Promise<Float64Array> {
  const parts = new Float64Array(16);
  const isAmongUnits = hasFewUnits(summands[0]);
  const [plain, weighted] = isAmongUnits
    ? await amongUnits(ops, summands, covariance)
    : await amongInputs(ops, summands, covariance);
  for (const a of both) {
    for (const b of both) {
      for (const c of both) {
        for (const e of both) {
          parts[8 * a + 4 * b + 2 * c + e] = isAmongUnits
            ? traceOfProduct(plain[b][c], weighted[e][a])
            : traceOfProduct(plain[a][b], weighted[c][e]);
        }
      }
    }
  }
  return parts;
}

/** Q_ab and K Q_ab. */
async function amongUnits(ops: Backend, [s0, s1]: Summands, covariance: Tensor): Promise<[Grid, Grid]> {
  const across = ops.matmul(s0, s1, { transposeB: true });
  const q = [
    [ops.gram(s0), across],
    [ops.transpose(across), ops.gram(s1)],
  ] as const;
  return [await gridOf((a, b) => q[a][b]), await gridOf((a, b) => ops.matmul(covariance, q[a][b]))];
}

/** S_aᵀ S_b and S_aᵀ K S_b. */
async function amongInputs(ops: Backend, summands: Summands, covariance: Tensor): Promise<[Grid, Grid]> {
  const weighted = summands.map((s) => ops.matmul(covariance, s)) as [Tensor, Tensor];
  const product = (left: Tensor, right: Tensor): Tensor => ops.matmul(left, right, { transposeA: true });
  return [
    await gridOf((a, b) => product(summands[a], summands[b])),
    await gridOf((a, b) => product(summands[a], weighted[b])),
  ];
}

async function gridOf(of: (a: 0 | 1, b: 0 | 1) => Tensor): Promise<Grid> {
  return [
    [await toHost(of(0, 0)), await toHost(of(0, 1))],
    [await toHost(of(1, 0)), await toHost(of(1, 1))],
  ];
}

async function toHost(tensor: Tensor): Promise<HostSquare> {
  return { data: await tensor.read(), order: tensor.shape[0] as number };
}

/** tr(A B). */
function traceOfProduct(a: HostSquare, b: HostSquare): number {
  const { order } = a;
  let sum = 0;
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j++) {
      sum += (a.data[i * order + j] as number) * (b.data[j * order + i] as number);
    }
  }
  return sum;
}
