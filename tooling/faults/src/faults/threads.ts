import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { RFMRegressor } from '@agop/rfm';
import { samples } from '../data.ts';
import { demand, type Fault } from '../fault.ts';
import { startProgram } from '../programs.ts';

/** Threads that end on the way. */
export const threads: readonly Fault[] = [
  {
    group: 'threads',
    name: 'helper threads of the backend end during a fit',
    holds: 'the fit goes on, with the same bits',
    run: async () => {
      const { x, y } = samples(600, 20);
      const { backend, helpers } = await withHelpers(3);
      try {
        const expected = await predictions(backend, x, y);
        let ended = 0;
        const found = await predictions(backend, x, y, () => {
          const helper = helpers[ended];
          if (helper !== undefined) ended += 1;
          void helper?.terminate();
        });
        demand(ended === helpers.length, `Only ${ended} of ${helpers.length} helpers ended.`);
        demand(
          found.every((value, i) => Object.is(value, expected[i])),
          'The predictions are others.',
        );
        const again = await predictions(backend, x, y);
        demand(
          again.every((value, i) => Object.is(value, expected[i])),
          'A later fit has other predictions.',
        );
        return `${ended} helpers ended`;
      } finally {
        backend.dispose();
      }
    },
  },
  {
    group: 'threads',
    name: 'a worker thread of a program ends during its fit',
    holds: 'the main thread fits on, and the process ends by itself',
    run: async () => {
      const { code, stdout, stderr } = await startProgram('fit-in-worker', []).ended;
      demand(code === 0 && /then a fit with R2/.test(stdout), `Exit code ${code}: ${stdout} ${stderr}`);
      return stdout.trim();
    },
  },
];

async function predictions(
  backend: Backend,
  x: number[][],
  y: number[],
  onIteration: () => void = () => {},
): Promise<Float64Array> {
  using model = new RFMRegressor({ backend, iterations: 4 });
  await model.fit(x, y, { onIteration });
  return await model.predict(x);
}

/** A backend with its helper threads, which it does not show. */
async function withHelpers(count: number): Promise<{ backend: Backend; helpers: Worker[] }> {
  // The module as `require` gives it is an object whose members can be replaced.
  const module: typeof import('node:worker_threads') = createRequire(import.meta.url)('node:worker_threads');
  const original = module.Worker;
  const helpers: Worker[] = [];
  module.Worker = class extends original {
    constructor(...args: ConstructorParameters<typeof original>) {
      super(...args);
      helpers.push(this);
    }
  };
  try {
    return { backend: await createCpuBackend({ threads: count + 1 }), helpers };
  } finally {
    module.Worker = original;
  }
}
