// What `against.ts` times in two trees: each work is prepared once in each tree, and then only repeated.
import { type Backend, type FloatDType, randomArray, type Tensor } from '@agop/core';

/** What is used of a tree; the same in all versions. */
export interface Tree {
  readonly name: string;
  readonly backend: Backend;
  readonly rfm: typeof import('@agop/rfm');
  readonly grokking: typeof import('@agop/grokking');
}

export interface Work {
  readonly name: string;
  /** Does what is to be done of it, and returns what is timed. */
  prepare(tree: Tree): () => Promise<void>;
}

/** Whole fits of estimators, several where they are small. */
function fit(n: number, d: number, dtype: FloatDType): Work {
  return {
    name: `fit n = ${n}, d = ${d}, ${dtype}`,
    prepare({ backend, rfm }) {
      const data = randomArray(n * d, 'normal', { seed: 1 }, 'float64');
      const y = Float64Array.from({ length: n }, (_, i) => {
        const [a = 0, b = 0, c = 0] = data.subarray(i * d, i * d + 3);
        return Math.sin(2 * a) + b * c;
      });
      const kernel = rfm.laplace({ bandwidth: 10 });
      return async () => {
        for (let i = 0; i < Math.max(1, Math.round(2000 / n)); i++) {
          using model = new rfm.RFMRegressor({ backend, dtype, kernel });
          await model.fit({ data, shape: [n, d] }, y);
        }
      };
    },
  };
}

/** Three iterations of modular addition, with predictions, as the benchmark has them. */
function grok(p: number): Work {
  return {
    name: `grok p = ${p}, float64`,
    prepare({ backend, rfm, grokking }) {
      const { train, test, columns } = grokking.modularTask({ operation: '+', p, fraction: 0.5, seed: 0 });
      const x = backend.tensor(train.inputs, [train.size, columns], 'float64');
      const y = backend.tensor(train.targets, [train.size, p], 'float64');
      const held = backend.tensor(test.inputs, [test.size, columns], 'float64');
      const nonzeros = rfm.nonzerosOf(train.inputs, [train.size, columns]);
      const kernel = rfm.gaussian({ bandwidth: 2.5 });
      const options = { ...rfm.presets.grokking2024, iterations: 2, backend, kernel, x, y, nonzeros };
      return async () => {
        for await (const step of rfm.recursiveFeatureMachine(options)) {
          step.machine.predict(x).dispose();
          step.machine.predict(held).dispose();
          await step.nextMetric();
        }
      };
    },
  };
}

const random = ({ backend }: Tree, rows: number, columns: number, seed: number, dtype: FloatDType): Tensor =>
  backend.random([rows, columns], 'normal', { seed }, dtype);

/** Predictions of 4000 centers with 20 features, with the p-norm. */
function predict(p: number, outputs: number): Work {
  return {
    name: `predict 1000 rows, p = ${p}, ${outputs} outputs, float32`,
    prepare(tree) {
      const { backend, rfm } = tree;
      const kernel = rfm.lpq({ bandwidth: 10, p, q: 1 });
      const centers = random(tree, 4000, 20, 1, 'float32');
      const coefficients = random(tree, 4000, outputs, 2, 'float32');
      const parts = { backend, kernel, metric: rfm.identityMetric, centers, coefficients };
      const machine = new rfm.KernelMachine(parts);
      const x = random(tree, 1000, 20, 3, 'float32');
      return async () => machine.predict(x).dispose();
    },
  };
}

/** Aᵀ B of a large A and a B of few columns. */
function transposed(columns: number, dtype: FloatDType): Work {
  return {
    name: `Aᵀ B, 4000 x 4000 x ${columns}, ${dtype}`,
    prepare(tree) {
      const a = random(tree, 4000, 4000, 1, dtype);
      const b = random(tree, 4000, columns, 2, dtype);
      return async () => tree.backend.matmul(a, b, { transposeA: true }).dispose();
    },
  };
}

export const works: readonly Work[] = [
  ...[[100, 10] as const, [1000, 20] as const, [1500, 100] as const].flatMap(([n, d]) => [
    fit(n, d, 'float32'),
    fit(n, d, 'float64'),
  ]),
  grok(31),
  grok(61),
  predict(2, 1),
  predict(2, 10),
  predict(1.3, 10),
  transposed(10, 'float32'),
  transposed(10, 'float64'),
];
