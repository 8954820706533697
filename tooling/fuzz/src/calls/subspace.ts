import { CentralSubspace, CentralSubspaceClassifier, projector, subspaceDistance } from '@agop/subspace';
import { fourDirections, hermite, hypercube, type SimulationModel } from '@agop/subspace/simulations';
import { type Call, type Making, made, open, plain } from './call.ts';
import { labels, rows, values } from './sample-data.ts';

const options = ({ backend }: Making) => ({
  ...{ backend, method: 'opg', dimension: 1, maxDimension: 2, standardize: true, bandwidth: 1, ridge: 1e-6 },
  ...{ iterations: 1, refinements: 1, centers: 6, slices: 3, residuals: false, modalBandwidth: 1 },
  ...{ kernelRidge: 1e-3, permutations: 9, level: 0.05, memory: 2 ** 24, seed: 1, dtype: 'float64' },
});
const fit = () => ({ validation: 0.3, signal: new AbortController().signal });

/** A search by one method, with what all methods take. */
function found(method: string): Call {
  return made(
    [`CentralSubspace.${method}`],
    CentralSubspace,
    (making) => [{ ...options(making), method }, rows(), values(), {}, rows()],
    async (model, x, y, how, more) => {
      await model.fit(x, y, how);
      await model.predict(more);
      await model.transform?.(more);
      return model.toBytes();
    },
  );
}

const simulation = (name: string, make: (d: number) => SimulationModel): Call =>
  plain(
    name,
    (d: number, n: number, seed: number) => make(d)(n, seed),
    () => [4, 10, 1],
  );

/** Functions of @agop/subspace. */
export const subspaceCalls: readonly Call[] = [
  made(
    ['CentralSubspace', 'SubspaceEstimator'],
    CentralSubspace,
    (making) => [options(making), rows(), values(), fit(), rows(), { attachments: { note: 'a' } }],
    async (model, x, y, how, more, saving) => {
      await model.fit(x, y, how);
      await model.predict(more);
      await model.transform?.(more);
      return model.toBytes(saving);
    },
  ),
  ...['refinedMave', 'csMave', 'modalOpg', 'agop', 'rfm', 'sir', 'dr', 'phd'].map(found),
  made(
    ['CentralSubspaceClassifier'],
    CentralSubspaceClassifier,
    (making) => [{ ...options(making), method: 'save' }, rows(), labels(), {}, rows(), labels()],
    async (model, x, y, how, more, truth) => {
      await model.fit(x, y, how);
      await model.predictProba?.(more);
      return model.score(more, truth);
    },
  ),
  {
    takesAnything: true,
    of: ['CentralSubspace.load'],
    args: ({ backend }) => [new Uint8Array(20), { backend, dtype: 'float64' }],
    call: async (source, how) => Reflect.apply(CentralSubspace.load, CentralSubspace, [source, how]),
  },
  open('projector', projector, () => [rows()]),
  open('subspaceDistance', subspaceDistance, () => [rows(), rows().map(([a = 0, b = 0]) => [b, a])]),
  simulation('hermite', hermite),
  simulation('hypercube', hypercube),
  plain('fourDirections', fourDirections, () => [10, 1]),
];
