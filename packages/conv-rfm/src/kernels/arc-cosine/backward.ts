import {
  add,
  type Backend,
  floatDType,
  input,
  machineEpsilon,
  multiply,
  Scope,
  selectLessEqual,
  type Tensor,
} from '@agop/core';
import type { FieldPair, FieldPlan, Fields, Sensitivities } from '../field-kernel.ts';
import * as e from './expressions.ts';
import { firstCovariances, nextLayer, norms, previousLayer } from './forward.ts';

/** What the backward pass needs of a layer. Fields [P · x.count, z.count]. */
interface LayerRecord {
  readonly t: Tensor;
  readonly n: Tensor;
  readonly cosine: Tensor;
  /** k0 of the cosine */
  readonly slope: Tensor;
}

const r = input('r');
/** Derivative of N by the variance of the first image, times 1 / N: 1 / (2 r²). */
const perVariance = selectLessEqual(r, 0, 0, input('f').div(r.mul(r).mul(2)));

/**
 * Derivatives of the sum of {@link arcCosineValues} over its positions, by reverse accumulation: forwards
 * once, keeping the fields of each layer, then backwards through rectifiers and windows.
 *
 * What reaches the variances of the first image is multiplied by the coefficients and summed over the second
 * at once, as windows act on positions alone; {@link patchVariances} then takes it through them.
 */
export function arcCosineSensitivities(
  ops: Backend,
  pair: FieldPair,
  coefficients: Tensor,
  tangent: boolean,
): Sensitivities {
  using scope = new Scope(ops);
  const { x, plan } = pair;
  const records = forwards(scope, pair);
  const last = records.length - 1;
  const shape = (records[last] as LayerRecord).n.shape;
  const dtype = floatDType(coefficients);
  // Derivatives by the covariance and by the tangent after the layer at hand.
  let g: Tensor = scope.ops.full(shape, 1, dtype);
  let h: Tensor = scope.ops.full(shape, tangent ? 1 : 0, dtype);
  const squares: Tensor[] = [];
  for (let layer = last; layer >= 0; layer--) {
    using parts = new Scope(ops);
    const { t, n, cosine, slope } = records[layer] as LayerRecord;
    const x0 = parts.ops.map(e.curvature, { h, t, c: cosine, n });
    const byNorm = parts.ops.map(e.byNormTimesNorm, { g, c: cosine, x: x0, n }, { out: n });
    squares.unshift(scope.own(perRoot(ops, ops.matmul(byNorm, coefficients), x, layer)));
    const bySlope = parts.ops.map(e.byCovariance, { g, a: slope, x: x0 }, { out: x0 });
    const byTangent = parts.ops.map(input('h').mul(input('a')), { h, a: slope }, { out: slope });
    // The tangent of a layer starts as a copy of its covariance.
    const byBoth = add(parts.ops, bySlope, byTangent, { out: bySlope });
    g.dispose();
    h.dispose();
    if (layer === 0) {
      g = scope.own(multiply(ops, byBoth, 1 / plan.channels));
      break;
    }
    g = scope.own(previousLayer(ops, byBoth, plan, layer));
    h = scope.own(previousLayer(ops, byTangent, plan, layer));
  }
  for (const tensor of squares) scope.keep(tensor);
  return { product: scope.keep(g), squares };
}

/** Derivatives by u · u of the patches, from those by the variances, which are sums over windows. */
export function patchVariances(ops: Backend, squares: readonly Tensor[], plan: FieldPlan): Tensor {
  using scope = new Scope(ops);
  let total = squares.at(-1) as Tensor;
  for (let layer = squares.length - 1; layer > 0; layer--) {
    const spread = scope.own(previousLayer(ops, total, plan, layer));
    total = add(scope.ops, spread, squares[layer - 1] as Tensor, { out: spread });
  }
  return scope.keep(multiply(scope.ops, total, 1 / plan.channels));
}

/** The fields of every layer; the scope owns them. */
function forwards(scope: Scope, pair: FieldPair): LayerRecord[] {
  const { ops } = scope;
  const { plan } = pair;
  const records: LayerRecord[] = [];
  let s = firstCovariances(ops, pair);
  let t = s;
  const epsilon = machineEpsilon(floatDType(s));
  for (let layer = 0; layer < plan.grids.length; layer++) {
    const n = norms(ops, pair, layer);
    const cosine = ops.map(e.cosineOfPatches, { s, n, epsilon });
    const slope = ops.map(e.slopeOrZero, { s, n, epsilon });
    records.push({ t, n, cosine, slope });
    if (layer === plan.grids.length - 1) break;
    using parts = new Scope(ops);
    const covariance = parts.ops.map(e.covariance, { s, n, a: slope, epsilon });
    const both = parts.ops.map(e.withTangent, { s: covariance, t, a: slope });
    if (s !== t) s.dispose();
    s = nextLayer(ops, covariance, plan, layer + 1);
    t = nextLayer(ops, both, plan, layer + 1);
  }
  return records;
}

/** Divides rows [P · x.count, outputs] by twice the variances of the first image; frees what it is given. */
function perRoot(ops: Backend, sums: Tensor, x: Fields, layer: number): Tensor {
  using scope = new Scope(ops);
  scope.own(sums);
  const roots = x.scales[layer] as Tensor;
  const column = scope.ops.reshape(roots, [roots.size, 1]);
  return scope.keep(scope.ops.map(perVariance, { f: sums, r: column }));
}
