import { createNaiveBackend } from '@agop/core/naive';
import type { ModelSource } from '@agop/estimators';
import { laplace, RFMClassifier, RFMRegressor } from '@agop/rfm';
import { serveModels } from '../src/worker.ts';

/** The worker of the tests. */
export const models = serveModels(() => {
  const backend = createNaiveBackend();
  return {
    values: (options: { readonly iterations?: number; readonly ridge?: number } = {}) =>
      new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 1, ...options }),
    classes: () => new RFMClassifier<string>({ backend, iterations: 1 }),
    savedValues: (source: ModelSource) => RFMRegressor.load(source, { backend }),
    nothing: () => undefined as never,
    dying: (how: 'exit' | 'throw') => ({
      dispose() {},
      async predict(): Promise<number> {
        if (how === 'exit') process.exit(3);
        setTimeout(() => {
          throw new RangeError('out of the blue');
        });
        return new Promise<number>(() => {});
      },
    }),
  };
});
