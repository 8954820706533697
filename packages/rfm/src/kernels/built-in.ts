import { constant, type Expression } from '@agop/core';
import { defineKernel, type KernelParameter } from './define.ts';
import {
  coordinateKernel,
  cosineKernel,
  type InnerProductKernel,
  innerProductKernel,
  type Kernel,
  powerDistanceKernel,
  radialKernel,
} from './kernel.ts';

const bandwidth = {
  type: 'positive',
  description: 'Length scale L, in the units of the features',
} as const satisfies KernelParameter;

/**
 * The Laplace kernel exp(-‖x - z‖_M / L).
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), eq. 5.
 */
export const laplace = /* @__PURE__ */ defineKernel({
  name: 'laplace',
  description: 'exp(-‖x - z‖ / L)',
  parameters: { bandwidth },
  make: (name, parameters) =>
    radialKernel(name, (s, { bandwidth: l }) => s.sqrt().div(l).neg().exp(), parameters),
});

/**
 * The Gaussian kernel exp(-‖x - z‖²_M / (2 L²)).
 *
 * The grokking paper (arXiv 2407.20199) writes ‖x - z‖²_M / L but computes what stands here.
 */
export const gaussian = /* @__PURE__ */ defineKernel({
  name: 'gaussian',
  description: 'exp(-‖x - z‖² / (2 L²))',
  parameters: { bandwidth },
  make: (name, parameters) =>
    radialKernel(name, (s, { bandwidth: l }) => s.div(l.mul(l).mul(2)).neg().exp(), parameters),
});

/**
 * The exponential power kernel exp(-(‖x - z‖_M / L)^γ), that is exp(-s^{γ/2} / L^γ) for the squared distance
 * s.
 */
export const exponentialPower = /* @__PURE__ */ defineKernel({
  name: 'exponentialPower',
  description: 'exp(-(‖x - z‖ / L)^γ)',
  parameters: {
    bandwidth,
    exponent: {
      type: 'range',
      above: 0,
      atMost: 2,
      default: 1,
      description: 'Exponent γ of the distance: 1 is Laplace, 2 Gaussian',
    },
  },
  make: (name, parameters) =>
    radialKernel(
      name,
      (s, { bandwidth: l, exponent }) =>
        distancePower(s, parameters.exponent, exponent).div(l.pow(exponent)).neg().exp(),
      parameters,
    ),
});

/**
 * The kernel exp(-(‖x - z‖_p / L)^q) of xRFM, on transformed features: its metric has the form 'transform'.
 *
 * Source: Beaglehole, Holzmüller, Radhakrishnan, Belkin 2025 (arXiv 2508.10053).
 */
export const lpq = /* @__PURE__ */ defineKernel({
  name: 'lpq',
  description: 'exp(-(‖x - z‖_p / L)^q)',
  parameters: {
    bandwidth,
    p: {
      type: 'range',
      above: 0,
      atMost: 2,
      default: 2,
      savedAs: 'norm',
      description: 'Norm p of the distance',
    },
    q: {
      type: 'range',
      above: 0,
      atMost: 'p',
      default: 1,
      savedAs: 'exponent',
      description: 'Exponent q of the distance',
    },
  },
  make: (name, parameters): Kernel =>
    parameters.norm === 2
      ? radialKernel(
          name,
          (s, { bandwidth: l, exponent }) =>
            distancePower(s, parameters.exponent, exponent).div(l.pow(exponent)).neg().exp(),
          parameters,
        )
      : powerDistanceKernel(
          name,
          parameters.norm,
          (s, { bandwidth: l, norm, exponent }) => {
            const power = parameters.exponent === parameters.norm ? s : s.pow(exponent.div(norm));
            return power.div(l.pow(exponent)).neg().exp();
          },
          parameters,
        ),
});

/**
 * The distance to the power γ from its square s; roots or nothing where they suffice, which is several times
 * faster.
 */
function distancePower(s: Expression, value: number, exponent: Expression): Expression {
  const distance = s.sqrt();
  if (value === 1) return distance;
  if (value === 0.5) return distance.sqrt();
  if (value === 1.5) return distance.mul(distance.sqrt());
  return value === 2 ? s : s.pow(exponent.div(2));
}

const coordinateExponent = {
  type: 'range',
  above: 0,
  atMost: 2,
  default: 1,
  description: 'Exponent of the distance in each coordinate: 1 is Laplace, 2 Gaussian',
} as const satisfies KernelParameter;

/**
 * The product over the coordinates of exp(-(|x_k - z_k| / L)^q), on transformed features: `lpq` with p = q.
 *
 * Source: the product Laplace kernel of xRFM, Beaglehole, Holzmüller, Radhakrishnan, Belkin 2025 (arXiv
 * 2508.10053).
 */
export const product = /* @__PURE__ */ defineKernel({
  name: 'product',
  description: 'Π exp(-(|x - z| / L)^q)',
  parameters: { bandwidth, exponent: coordinateExponent },
  make: (name, parameters): Kernel =>
    parameters.exponent === 2
      ? radialKernel(name, (s, { bandwidth: l }) => s.div(l.mul(l)).neg().exp(), parameters)
      : powerDistanceKernel(
          name,
          parameters.exponent,
          (s, { bandwidth: l, exponent }) => s.div(l.pow(exponent)).neg().exp(),
          parameters,
        ),
});

/**
 * The power of a mean over the coordinates, (1 - m + m/d Σ_k exp(-(|x_k - z_k| / L)^q))^r, on transformed
 * features: for targets that are sums of functions of a few features each, at most r.
 *
 * Source: the sum-power Laplace kernel of xRFM 0.4 (Beaglehole, Holzmüller, Radhakrishnan, Belkin 2025, arXiv
 * 2508.10053), whose `const_mix` is 1 - m.
 */
export const sumPower = /* @__PURE__ */ defineKernel({
  name: 'sumPower',
  description: '(1 - m + m mean exp(-(|x - z| / L)^q))^r',
  parameters: {
    bandwidth,
    exponent: coordinateExponent,
    mix: {
      type: 'range',
      above: 0,
      atMost: 1,
      default: 1,
      description: 'Share m of the mean; the rest is a constant',
    },
    degree: { type: 'whole', from: 1, to: 64, default: 2, description: 'Power r of the mean' },
  },
  make: (name, parameters) =>
    coordinateKernel(
      name,
      (t, { bandwidth: l, exponent }) =>
        (parameters.exponent === 1 ? t.div(l) : t.div(l).pow(exponent)).neg().exp(),
      (s, features, { mix, degree }) => {
        const base = s.mul(mix).div(features).add(constant(1).sub(mix));
        return parameters.degree === 2 ? base.mul(base) : base.pow(degree);
      },
      parameters,
    ),
});

/**
 * The quadratic kernel scale · (xᵀMz)².
 *
 * Source: Mallinar, Beaglehole, Zhu, Radhakrishnan, Pandit, Belkin 2025 (arXiv 2407.20199), section 2.
 */
export const quadratic = /* @__PURE__ */ defineKernel({
  name: 'quadratic',
  description: 'scale · (x·z)²',
  parameters: {
    scale: {
      type: 'positive',
      default: 1,
      description: 'Factor; irrelevant without ridge. The published grokking program has 3',
    },
  },
  make: (name, parameters) => innerProductKernel(name, ({ u }, { scale }) => u.mul(u).mul(scale), parameters),
});

/** The general quadratic kernel (xᵀMx - 1)(zᵀMz - 1) / 2 + (xᵀMz)². */
export const generalQuadratic = /* @__PURE__ */ defineKernel({
  name: 'generalQuadratic',
  description: '(x·x - 1)(z·z - 1) / 2 + (x·z)²',
  parameters: {},
  make: (name) => innerProductKernel(name, ({ u, p, q }) => p.sub(1).mul(q.sub(1)).div(2).add(u.mul(u)), {}),
});

const depth = {
  type: 'whole',
  from: 1,
  to: 256,
  description: 'Number of weight layers; 1 is the linear kernel, 256 the most',
} as const satisfies KernelParameter;

/**
 * The neural tangent kernel of a fully connected ReLU network without biases, with `depth` weight layers.
 *
 * With N = √p √q, S = T = u / N (the cosine), and depth - 1 times T ← T k0(S), S ← k1(S), T ← T + S, it is N
 * T; 0 where N = 0. k0, k1 are the arc-cosine kernels of `Expression.arcCosine0` and `arcCosine1`. At
 * parallel points the infinite derivative of k0 counts as 0.
 *
 * Precision: near parallel points the derivative of k0 grows like 1 / √(1 - S²), and float32 knows 1 - S to
 * 1e-7. In a metric that is nearly of rank one, where most points are nearly parallel, float32 gradients of
 * depth 3 were off by up to 2e-2 of the largest one (2e-4 at the median), and AGOPs by 2e-3; in other metrics
 * by 1e-6. Learn in float64 where that matters; `nngp`, without k0, is not concerned.
 *
 * Source: Jacot, Gabriel, Hongler 2018 (arXiv 1806.07572); Cho & Saul 2009 for k0, k1.
 */
export const ntk = /* @__PURE__ */ defineKernel({
  name: 'ntk',
  description: 'neural tangent kernel of a ReLU network',
  parameters: { depth },
  make: (name, parameters): InnerProductKernel =>
    cosineKernel(name, (c) => networkRecursion(c, parameters.depth).tangent, parameters),
});

/** The kernel of the corresponding infinitely wide random network (NNGP): N S in the terms of {@link ntk}. */
export const nngp = /* @__PURE__ */ defineKernel({
  name: 'nngp',
  description: 'Gaussian process kernel of a random ReLU network',
  parameters: { depth },
  make: (name, parameters) =>
    cosineKernel(name, (c) => networkRecursion(c, parameters.depth).covariance, parameters),
});

function networkRecursion(
  cosine: Expression,
  layers: number,
): { readonly tangent: Expression; readonly covariance: Expression } {
  let covariance = cosine;
  let tangent = cosine;
  for (let layer = 1; layer < layers; layer++) {
    tangent = tangent.mul(covariance.arcCosine0());
    covariance = covariance.arcCosine1();
    tangent = tangent.add(covariance);
  }
  return { tangent, covariance };
}

/** The kernels that come with this package, by name: each of them a factory that describes itself. */
export const kernels = {
  laplace,
  gaussian,
  exponentialPower,
  lpq,
  product,
  sumPower,
  quadratic,
  generalQuadratic,
  ntk,
  nngp,
} as const;
