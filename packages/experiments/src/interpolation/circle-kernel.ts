import type { Expression } from '@agop/core';
import { checkChoice, checkObject, checkRange } from '@agop/core/options';
import { defineKernel, type Kernel, radialKernel } from '@agop/rfm';
import { type CircleKernelName, circleKernels } from './alias-sums.ts';

const width = {
  type: 'positive',
  description: "Width w, in units of the circle's length",
} as const;

/**
 * How far apart two points are along the circle, in units of its length, from their squared distance:
 * asin(√s / 2) / π, from 0 to 1/2. To 1e-16 also where they are near, which an angle from a product is not.
 */
function along(s: Expression): Expression {
  return s.sqrt().div(2).arcCosine0().sub(0.5);
}

/** Σ_m exp(-(δ + m)² / (2 w²)) / (w √(2π)): the Gaussian kernel, wound around the circle. */
const gaussian = /* @__PURE__ */ defineKernel({
  name: 'circleGaussian',
  description: 'Σ_m exp(-(δ + m)² / (2 w²)) / (w √(2π))',
  parameters: { width },
  make: (name, parameters) =>
    radialKernel(
      name,
      (s, { width: w }) => {
        const term = (m: number): Expression => {
          const distance = along(s).add(m);
          return distance.mul(distance).div(w.mul(w).mul(2)).neg().exp();
        };
        // Windings that matter: those within 9 widths.
        const windings = Math.ceil(9 * parameters.width);
        let sum = term(0);
        for (let m = 1; m <= windings; m++) sum = sum.add(term(m)).add(term(-m));
        return sum.div(w.mul(Math.sqrt(2 * Math.PI)));
      },
      parameters,
    ),
});

/** cosh((1/2 - δ) / w) / (2 w sinh(1 / (2 w))): the Laplace kernel, wound around the circle. */
const laplace = /* @__PURE__ */ defineKernel({
  name: 'circleLaplace',
  description: 'cosh((1/2 - δ) / w) / (2 w sinh(1 / (2 w)))',
  parameters: { width },
  make: (name, parameters) =>
    radialKernel(
      name,
      (s, { width: w }) => {
        // Divided by exp(1 / (2 w)) above and below, which narrow kernels would make infinite.
        const distance = along(s);
        const near = distance.div(w).neg().exp();
        const far = distance.sub(1).div(w).exp();
        return near.add(far).div(w.mul(-2 * Math.expm1(-1 / parameters.width)));
      },
      parameters,
    ),
});

/** sinh(2π w) / (cosh(2π w) - cos(2π δ)): the Cauchy kernel, wound around the circle (the Poisson kernel). */
const cauchy = /* @__PURE__ */ defineKernel({
  name: 'circleCauchy',
  description: 'sinh(2π w) / (cosh(2π w) - cos(2π δ))',
  parameters: { width },
  make: (name, parameters) =>
    radialKernel(
      name,
      (s) => {
        const r = Math.exp(-2 * Math.PI * parameters.width);
        // (1 - r²) / (1 - 2 r cos 2πδ + r²), with cos 2πδ = 1 - s / 2.
        return s
          .mul(r)
          .add((1 - r) ** 2)
          .reciprocal()
          .mul(1 - r * r);
      },
      parameters,
    ),
});

/** A kernel as wide as this is constant; a Gaussian one is a sum of 18 terms for each unit of width. */
const widest = 1000;

const factories = { gaussian, laplace, cauchy };

/**
 * A kernel on the circle for points (cos 2π x, sin 2π x), whose Fourier coefficients are those of
 * `logCoefficient`.
 *
 * @throws {OptionError} for an unknown kernel, and for a width that is not above 0 and at most 1000
 */
export function circleKernel(kernel: CircleKernelName, options: { readonly width: number }): Kernel {
  const make = factories[checkChoice('kernel', kernel, circleKernels)];
  checkRange('width', checkObject('circleKernel()', options).width, 0, widest);
  return make(options);
}
