import { createCpuBackend } from '@agop/backend-cpu';
import { Scope } from '@agop/core';
import { expect, test } from 'vitest';

const epsilon = { float32: 2 ** -23, float64: 2 ** -52 } as const;
const smallest = { float32: 2 ** -149, float64: 2 ** -1074 } as const;

/** The error of the logarithm is multiplied by |p log t|; some units in the last place come with it. */
test.each([
  ['float32', 'relaxed'],
  ['float64', 'relaxed'],
  ['float32', 'baseline'],
] as const)('powers of distances over all magnitudes: %s, %s', async (dtype, simd) => {
  using backend = await createCpuBackend({ threads: 1, simd });
  using scope = new Scope(backend);
  const { ops } = scope;
  const ofType = dtype === 'float32' ? Float32Array : Float64Array;
  const range = dtype === 'float32' ? 44 : 310;
  const list = Array.from({ length: 4003 }, (_, i) => 10 ** (-range + (i * (2 * range - 6)) / 4003));
  const x = ofType.from([...list, ...list.map((_, i) => 0.5 + i / 2000), 0, 1, smallest[dtype]]);
  for (const p of [0.3, 0.7, 1.3, 1.7, 1.999]) {
    const points = ops.tensor(x, [x.length, 1], dtype);
    const zero = ops.full([1, 1], 0, dtype);
    const made = await ops.powerDistances(points, zero, p).read();
    // The power as the kernel has it.
    const exponent = ofType.of(p)[0] as number;
    let worst = 0;
    x.forEach((t, i) => {
      const exact = ofType.of(t ** exponent)[0] as number;
      const got = made[i] as number;
      if (got === exact) return;
      const logarithm = Math.abs(exponent * Math.log2(t));
      const allowed = (4 + logarithm) * epsilon[dtype] * exact + 2 * smallest[dtype];
      worst = Math.max(worst, Math.abs(got - exact) / allowed);
    });
    expect(worst, `p = ${p}`).toBeLessThanOrEqual(1);
  }
});
