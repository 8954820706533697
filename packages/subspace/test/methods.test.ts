import { createCpuBackend } from '@agop/backend-cpu';
import { CentralSubspace, methods, type SubspaceMethod, subspaceDistance } from '@agop/subspace';
import { fourDirections, hypercube, rational, skewedNoise, spread } from '@agop/subspace/simulations';
import { describe, expect, test } from 'vitest';
import type { Simulation } from '../src/simulations.ts';

const given = ({ x }: Simulation) => ({ data: x.data, shape: [x.rows, x.columns] });
const truthOf = ({ truth }: Simulation) => ({ data: truth.data, shape: [truth.rows, truth.columns] });

async function missed(sample: Simulation, method: SubspaceMethod, dimension: number): Promise<number> {
  using backend = await createCpuBackend();
  using model = new CentralSubspace({ backend, method, dimension });
  await model.fit(given(sample), sample.y);
  expect(backend.memory().tensors).toBe(0);
  return (await subspaceDistance(model.basis, truthOf(sample))).missed;
}

describe('every method finds the directions that it can see', () => {
  const visible: Readonly<Record<SubspaceMethod, readonly [Simulation, number]>> = {
    opg: [fourDirections(400, 1), 0.15],
    refinedOpg: [fourDirections(400, 1), 0.05],
    mave: [fourDirections(400, 1), 0.15],
    refinedMave: [fourDirections(400, 1), 0.05],
    agop: [hypercube(20)(1200, 1), 0.15],
    rfm: [fourDirections(400, 1), 0.05],
    csOpg: [spread(600, 1), 0.15],
    csMave: [spread(600, 1), 0.15],
    modalOpg: [skewedNoise(800, 1), 0.25],
    sir: [rational(1000, 1), 0.15],
    save: [spread(2000, 1), 0.3],
    dr: [rational(1000, 1), 0.15],
    phd: [fourDirections(2000, 1), 0.45],
  };
  test.each(Object.keys(methods) as SubspaceMethod[])('%s', async (method) => {
    const [sample, most] = visible[method];
    expect(await missed(sample, method, sample.truth.columns)).toBeLessThan(most);
  });
});
