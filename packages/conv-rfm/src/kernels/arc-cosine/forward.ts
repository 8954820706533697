import { type Backend, Scope, type Tensor } from '@agop/core';
import type { FieldPlan, Fields } from '../field-kernel.ts';
import * as e from './expressions.ts';
import { epsilonOf, firstCovariances, nextLayer, norms } from './layers.ts';

/**
 * Covariances after the last layer, plus tangents with `tangent`: the neural network Gaussian process kernel, or the neural tangent kernel, at each
 * position.
 *
 * Between layers two fields are kept: S, the covariance, and T, the tangent with the layer's own weights counted. Their windows sum
 * N k1(c) and N k1(c) + T k0(c).
 */
export function arcCosineValues(
  ops: Backend,
  x: Fields,
  z: Fields,
  plan: FieldPlan,
  tangent: boolean,
): Tensor {
  using scope = new Scope(ops);
  const last = plan.grids.length - 1;
  let s = scope.own(firstCovariances(ops, x, z, plan));
  let t = s;
  const epsilon = epsilonOf(s);
  for (let layer = 0; layer < last; layer++) {
    using parts = new Scope(ops);
    const n = parts.own(norms(ops, x, z, plan, layer));
    if (!tangent) {
      const covariance = parts.ops.map(e.covarianceAlone, { s, n, epsilon }, { out: n });
      scope.free(s);
      s = scope.own(nextLayer(ops, covariance, plan, layer + 1));
      continue;
    }
    const a = parts.ops.map(e.slope, { s, n, epsilon });
    const covariance = parts.ops.map(e.covariance, { s, n, a, epsilon }, { out: n });
    const both = parts.ops.map(e.withTangent, { s: covariance, t, a }, { out: a });
    scope.free(s, t);
    s = scope.own(nextLayer(ops, covariance, plan, layer + 1));
    t = scope.own(nextLayer(ops, both, plan, layer + 1));
  }
  const n = scope.own(norms(ops, x, z, plan, last));
  if (!tangent) return scope.keep(ops.map(e.covarianceAlone, { s, n, epsilon }, { out: n }));
  return scope.keep(ops.map(e.covarianceAndTangent, { s, t, n, epsilon }, { out: n }));
}
