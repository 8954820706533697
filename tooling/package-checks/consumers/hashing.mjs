import assert from 'node:assert/strict';
import { Hyperplanes, RobustHashForest } from '@agop/hashing';

const planes = await Hyperplanes.draw(
  [
    [0, 1],
    [5, 2],
    [9, 9],
  ],
  { bits: 32 },
);
const bits = await planes.toBits([
  [0, 1],
  [5, 2],
  [9, 9],
]);
const forest = await new RobustHashForest({ radius: 1, trees: 4, rounds: 10 }).fit(bits);
assert.deepEqual([...forest.query(bits).indices], [0, 1, 2]);
