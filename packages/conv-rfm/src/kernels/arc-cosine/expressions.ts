import { constant, type Expression, input, selectLessEqual } from '@agop/core';

// A rectified layer at a position: S covariance, T tangent, N root of the product of the variances, c = S /
// N. N is 0 where a patch is: everything is 0 there.

const s = input('s');
const t = input('t');
const n = input('n');
const a = input('a');
const epsilon = input('epsilon');

const edge = constant(1).sub(epsilon.mul(16));

/** Within 16 ε of ±1 a cosine is rounding and set to ±1: parallel patches then are exactly parallel. */
function snapped(raw: Expression): Expression {
  return selectLessEqual(edge, raw, 1, selectLessEqual(raw, edge.neg(), -1, raw));
}

const cosine = snapped(selectLessEqual(n, 0, 0, s.div(n)));

/** √(1 - c²) / π, without the cancellation next to ±1. */
const sineOf = (c: Expression): Expression =>
  constant(1)
    .sub(c)
    .mul(c.add(1))
    .sqrt()
    .mul(1 / Math.PI);

/** k0(c), the factor of the tangent. Inputs s, n, epsilon. */
export const slope = cosine.arcCosine0();

/** N k1(c), the covariance after the layer: N (√(1 - c²) / π + c a). Inputs s, n, a = k0(c), epsilon. */
export const covariance = n.mul(sineOf(cosine).add(cosine.mul(a)));

/** Covariance and tangent after the layer together: N k1(c) + T k0(c). Inputs s, t, n, epsilon. */
export const covarianceAndTangent = n.mul(sineOf(cosine)).add(s.add(t).mul(cosine.arcCosine0()));

/** N k1(c). Inputs s, n, epsilon. */
export const covarianceAlone = n.mul(cosine.arcCosine1());

/** Adds the tangent after the layer to the covariance after it: s + t a. Inputs s, t, a. */
export const withTangent = s.add(t.mul(a));

/** The cosine. Inputs s, n, epsilon. */
export const cosineOfPatches = cosine;

// Backwards. With g and h the derivatives by the layer's covariance and tangent, c the cosine:
//   d covariance / dS = k0(c), d covariance / dN = √(1 - c²) / π,
//   d tangent / dT = k0(c), d tangent / dS = T k0'(c) / N, d tangent / dN = -c T k0'(c) / N,
// k0'(c) = 1 / (π √(1 - c²)) being taken as 0 at c = ±1. Where N = 0 all derivatives are taken as 0.

/** k0(c), or 0 where N = 0. Inputs s, n, epsilon. */
export const slopeOrZero = selectLessEqual(n, 0, 0, slope);

const c = input('c');
const g = input('g');
const h = input('h');
const sine = constant(1).sub(c).mul(c.add(1)).sqrt();
const steepness = selectLessEqual(sine, 0, 0, sine.mul(Math.PI).reciprocal());

/** h T k0'(c) / N. Inputs h, t, c, n. */
export const curvature = selectLessEqual(n, 0, 0, h.mul(t).mul(steepness).div(n));

const x = input('x');
/** Derivative by S: g k0(c) + x, with x the curvature. Inputs g, a, x. */
export const byCovariance = g.mul(a).add(x);

/** Derivative by N, times N: N (g √(1 - c²) / π - x c). Inputs g, c, x, n. */
export const byNormTimesNorm = n.mul(
  g
    .mul(sine)
    .mul(1 / Math.PI)
    .sub(x.mul(c)),
);
