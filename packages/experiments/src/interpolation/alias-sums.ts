/** Kernels on the circle [0, 1), by the decay of their Fourier coefficients. */
export const circleKernels = ['gaussian', 'laplace', 'cauchy'] as const;
/** A kernel on the circle; see {@link logCoefficient}. */
export type CircleKernelName = (typeof circleKernels)[number];

/**
 * ln l_k of a kernel of width w at t = w k, scaled so that l_0 = 1: gaussian exp(-2 π² t²), laplace
 * 1 / (1 + 4 π² t²), cauchy exp(-2 π |t|).
 */
export function logCoefficient(kernel: CircleKernelName, t: number): number {
  if (kernel === 'gaussian') return -2 * (Math.PI * t) ** 2;
  if (kernel === 'cauchy') return -2 * Math.PI * Math.abs(t);
  return -Math.log1p((2 * Math.PI * t) ** 2);
}

/** Logarithms of sums over all frequencies that N samples cannot tell apart. */
export interface AliasSums {
  /** ln Σ_m l_{k+mN}: the logarithm of an eigenvalue of K / N. */
  readonly first: number;
  /** ln Σ_m l_{k+mN}². */
  readonly second: number;
}

/**
 * Sums over aliases in float64, to about 14 digits: in closed form for laplace and cauchy, by the theta
 * function's series that converges faster for gaussian. Logarithms, because eigenvalues of wide Gaussian
 * kernels are below the smallest float64.
 *
 * @param a the width in samples, w N, above 0
 * @param x k / N, from 0 to 1
 */
export function aliasSums(kernel: CircleKernelName, a: number, x: number): AliasSums {
  if (kernel === 'gaussian') return { first: logTheta(a, x), second: logTheta(Math.SQRT2 * a, x) };
  if (kernel === 'cauchy') return { first: logGeometric(a, x), second: logGeometric(2 * a, x) };
  return laplaceSums(1 / (2 * Math.PI * a), x);
}

/** ln Σ_m exp(-2 π² a² (x + m)²). */
function logTheta(a: number, x: number): number {
  if (a < 0.4) {
    // Poisson's sum: 1 / (a √(2π)) Σ_j exp(-j² / (2 a²)) cos(2π j x).
    let sum = 1;
    for (let j = 1; j < 6; j++) sum += 2 * Math.exp(-(j * j) / (2 * a * a)) * Math.cos(2 * Math.PI * j * x);
    return Math.log(sum / (a * Math.sqrt(2 * Math.PI)));
  }
  const exponent = (m: number): number => logCoefficient('gaussian', a * (x + m));
  const largest = Math.max(exponent(0), exponent(-1));
  let sum = 0;
  for (let m = -6; m <= 5; m++) sum += Math.exp(exponent(m) - largest);
  return largest + Math.log(sum);
}

/** ln Σ_m exp(-2 π a |x + m|) = ln (cosh(2 π a (x - 1/2)) / sinh(π a)). */
function logGeometric(a: number, x: number): number {
  const z = 2 * Math.PI * a * Math.abs(x - 0.5);
  const s = Math.PI * a;
  return z - s + Math.log1p(Math.exp(-2 * z)) - Math.log(-Math.expm1(-2 * s));
}

/** Sums of 1 / (1 + ((x + m) / b)²) and of their squares, for b = 1 / (2 π a). */
function laplaceSums(b: number, x: number): AliasSums {
  const u = Math.PI * b;
  const sine = Math.sin(Math.PI * x) ** 2;
  // All divided by cosh² u, so that nothing overflows.
  const tanh = Math.tanh(u);
  const sech = 1 / Math.cosh(u) ** 2;
  const distance = tanh * tanh + sine * sech;
  const first = (u * tanh) / distance;
  if (b < 0.05) return { first: Math.log(first), second: Math.log(laplaceSquares(b, x)) };
  // (1 - cosh 2u cos 2πx) / (2 cosh² u) with cosh 2u = 2 cosh² u - 1.
  const difference = sech * (1 - sine) - 1 + 2 * sine;
  const second = first / 2 - (u * u * sech * difference) / (2 * distance * distance);
  return { first: Math.log(first), second: Math.log(second) };
}

/** Σ_m 1 / (1 + ((x + m) / b)²)² for small b, where the closed form cancels: terms, and integrals beyond. */
function laplaceSquares(b: number, x: number): number {
  const terms = 40;
  const square = (y: number): number => (b * b) ** 2 / (b * b + y * y) ** 2;
  let sum = 0;
  for (let m = -terms; m < terms; m++) sum += square(x + m);
  for (const y of [terms + x, terms + 1 - x]) {
    const integral = y ** -3 / 3 - (2 * b * b * y ** -5) / 5;
    sum += b ** 4 * (integral + y ** -5 / 3) + square(y) / 2;
  }
  return sum;
}
