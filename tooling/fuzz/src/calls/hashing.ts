import { BitMatrix, Hyperplanes, RobustHashForest, thresholdBits } from '@agop/hashing';
import { type Call, open, plain } from './call.ts';
import { rows } from './sample-data.ts';

const bits = (): number[][] =>
  Array.from({ length: 12 }, (_, i) => Array.from({ length: 8 }, (_, j) => ((i * (j + 3)) % 5) & 1));
const forest = () => ({
  ...{ radius: 1, rho: 0.5, trees: 2, bucket: 2, rounds: 10, strategy: 'game', beta: 0.5, gamePoints: 8 },
  seed: 1,
});

/** Functions of @agop/hashing. */
export const hashingCalls: readonly Call[] = [
  {
    takesAnything: true,
    of: ['RobustHashForest'],
    args: () => [
      forest(),
      ...[bits(), { onTree: () => {}, signal: new AbortController().signal }],
      ...[bits(), bits(), { k: 2, trees: 1 }, 0, [[0, 1, 0, 1, 0, 1, 0, 1]], 1, [0, 2]],
    ],
    call: async (options, points, how, more, queries, asked, point, query, count, flips) => {
      const one: RobustHashForest = Reflect.construct(RobustHashForest, [options]);
      await Reflect.apply(one.fit, one, [points, how]);
      Reflect.apply(one.insert, one, [more]);
      Reflect.apply(one.query, one, [queries, asked]);
      Reflect.apply(one.meets, one, [point, query]);
      Reflect.apply(one.successProbability, one, [point, count]);
      Reflect.apply(one.successProbability, one, [point, flips]);
      one.rootGame();
      return RobustHashForest.load(one.toBytes());
    },
  },
  {
    takesAnything: true,
    of: ['RobustHashForest.load'],
    args: () => [new Uint8Array(20)],
    call: (source) => Reflect.apply(RobustHashForest.load, RobustHashForest, [source]),
  },
  {
    takesAnything: true,
    of: ['BitMatrix'],
    args: () => [Uint32Array.of(1, 2, 3), 20, bits(), 8, [0, 2]],
    call: (words, width, given, of, taken) => {
      Reflect.construct(BitMatrix, [words, width]);
      const packed: BitMatrix = Reflect.apply(BitMatrix.pack, BitMatrix, [given, of]);
      return Reflect.apply(packed.take, packed, [taken]);
    },
  },
  plain(
    'BitMatrix.distance',
    (row: number, bit: number, other: number) => {
      const packed = BitMatrix.pack(bits());
      return packed.distance(row, packed, other) + packed.get(row, bit);
    },
    () => [1, 3, 0],
  ),
  {
    takesAnything: true,
    of: ['Hyperplanes'],
    args: () => [rows(), { bits: 4, seed: 1, metric: { data: [1, 2, 3], shape: [1, 3] } }, rows()],
    call: async (x, options, more) => {
      const planes: Hyperplanes = await Reflect.apply(Hyperplanes.draw, Hyperplanes, [x, options]);
      return Reflect.apply(planes.toBits, planes, [more]);
    },
  },
  open('thresholdBits', thresholdBits, () => [rows(), [0, 0.1, 0.2]]),
];
