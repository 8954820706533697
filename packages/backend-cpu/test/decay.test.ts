import { createCpuBackend } from '@agop/backend-cpu';
import { input, Scope, selectLessEqual } from '@agop/core';
import { expect, test } from 'vitest';

const [u, p, q] = [input('u'), input('p'), input('q')];
const difference = p.add(q).sub(u.mul(2));
const squared = selectLessEqual(difference, input('r').add(input('t')), 0, difference);
const scaled = input('s').mul(input('factor')).exp();

/**
 * Exponentials of distances have instructions of their own, and others for factors below 0. They must have
 * the bits of the exponential of the product.
 */
test.each([
  ['float32', 'relaxed'],
  ['float64', 'relaxed'],
  ['float32', 'baseline'],
  ['float64', 'baseline'],
] as const)('exponentials of distances are those of all numbers, to the bit: %s, %s', async (dtype, simd) => {
  using backend = await createCpuBackend({ threads: 1, simd });
  using scope = new Scope(backend);
  const { ops } = scope;
  const n = 4000;
  // Distances of all sizes, some that are rounding, and what is no distance.
  const list = Float64Array.from({ length: n }, (_, i) => 10 ** (-12 + (18 * i) / n));
  list.set([0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-320, 1e300, 103, 88, 745, 708.5, 10_000]);
  const distances = ops.tensor(list, [1, n], dtype);
  const none = ops.full([1, n], 0, dtype);
  const terms = { u: none, p: distances, q: none, r: none, t: none };
  for (const factor of [-1, -0.37, -1e-3, -200, 0, 0.5]) {
    const s = ops.map(squared, terms);
    const expected = await ops.map(scaled, { s, factor }).read();
    const given = { ...terms, factor };
    expect(await ops.map(squared.mul(input('factor')).exp(), given).read()).toEqual(expected);
    const ofRoots = await ops.map(scaled, { s: ops.map(squared.sqrt(), terms), factor }).read();
    expect(await ops.map(squared.sqrt().mul(input('factor')).exp(), given).read()).toEqual(ofRoots);
    // A root that is needed otherwise, too.
    const root = squared.sqrt();
    const both = await ops.map(root.mul(input('factor')).exp().sub(root), given).read();
    const apart = { e: ops.map(scaled, { s: ops.map(root, terms), factor }), s: ops.map(root, terms) };
    expect(both).toEqual(await ops.map(input('e').sub(input('s')), apart).read());
  }
});
