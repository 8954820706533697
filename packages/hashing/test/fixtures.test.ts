import type { Fixture } from '@agop/fixtures';
import { describeFixtures, expectOutput } from '@agop/test-support/parity';
import { expect, it } from 'vitest';
import { BitMatrix } from '../src/bits/bit-matrix.ts';
import { WorstQueries } from '../src/game/best-response.ts';
import { type NodePoints, testValues } from '../src/game/node-points.ts';
import { PackedPoints } from '../src/game/packed-points.ts';
import { type GameRules, playGame } from '../src/game/play.ts';
import { growTree } from '../src/tree/grow.ts';
import { BitTree } from '../src/tree/tree.ts';
import { exactValue } from './exact-value.ts';

describeFixtures('robust_hash', (fixtures) => {
  it.each(fixtures)('$name: the game at the root', async (fixture) => {
    const points = rootOf(bitsOf(fixture, 'P'));
    const { weights, bound } = playGame(points, rulesOf(fixture));
    const values = testValues(points, Number(fixture.params['rho']));
    const all = Int32Array.from({ length: points.bits.bits }, (_, i) => i);
    const radius = Number(fixture.params['radius']);
    const answer = new WorstQueries(new PackedPoints(points, all), values, radius).find(weights);
    expectOutput(fixture, 'values', values);
    expectOutput(fixture, 'average', weights);
    expectOutput(fixture, 'answer_point', [answer.point]);
    expectOutput(fixture, 'flips', Int32Array.from(answer.flips).sort());
    expectOutput(fixture, 'payoff', [answer.payoff]);
    const value = await exactValue(points, values, radius);
    expectOutput(fixture, 'value', [value]);
    expect(answer.payoff).toBeLessThanOrEqual(value);
    expect(bound).toBeGreaterThanOrEqual(value);
  });

  it.each(fixtures)('$name: trees, and where queries meet their points', (fixture) => {
    const bits = bitsOf(fixture, 'P');
    const queries = bitsOf(fixture, 'queries');
    const targets = fixture.input('targets').data;
    const rules = rulesOf(fixture);
    const bucket = Number(fixture.params['bucket']);
    const met: number[] = [];
    for (let t = 0; t < Number(fixture.params['trees']); t++) {
      const draws = fixture.input('draws').data.subarray(t * 200, (t + 1) * 200);
      let drawn = 0;
      const tree = new BitTree();
      const sizes: number[] = [];
      const growth = {
        bucket,
        weights: (points: NodePoints) => playGame(points, rules).weights,
        draw: () => draws[drawn++] as number,
      };
      const members = Int32Array.from({ length: bits.rows }, (_, row) => row);
      for (const _ of growTree(tree, tree.addLeaf(), bits, members, growth));
      const { coordinate, zero, one } = tree.arrays();
      for (let node = coordinate.length - 1; node >= 0; node--) {
        const isLeaf = (coordinate[node] as number) < 0;
        sizes[node] = isLeaf
          ? (one[node] as number)
          : (sizes[zero[node] as number] as number) + (sizes[one[node] as number] as number);
      }
      const nodes = [...coordinate].flatMap((bit, node) => {
        const isLeaf = bit < 0;
        return [bit, isLeaf ? -1 : zero[node], isLeaf ? -1 : one[node], sizes[node]] as number[];
      });
      expectOutput(fixture, `tree_${t}`, nodes);
      for (let k = 0; k < queries.rows; k++) {
        met.push(Number(tree.walk(queries, k).leaf === tree.walk(bits, targets[k] as number).leaf));
      }
    }
    expectOutput(fixture, 'met', met);
  });
});

function bitsOf(fixture: Fixture, name: string): BitMatrix {
  const { data, shape } = fixture.input(name);
  const [rows = 0, bits = 0] = shape;
  return BitMatrix.pack(
    Array.from({ length: rows }, (_, row) => data.subarray(row * bits, (row + 1) * bits)),
  );
}

function rootOf(bits: BitMatrix): NodePoints {
  return { bits, members: Int32Array.from({ length: bits.rows }, (_, row) => row), begin: 0, end: bits.rows };
}

/** The fixtures average over all rounds, and play with all bits from given weights. */
function rulesOf(fixture: Fixture): GameRules {
  return {
    radius: Number(fixture.params['radius']),
    rho: Number(fixture.params['rho']),
    rounds: Number(fixture.params['rounds']),
    answers: fixture.params['published'] === true ? 'average' : 'current',
    step: -Math.log(Number(fixture.params['beta'])),
    averageFrom: 0,
    first: Float64Array.from(fixture.input('weights').data),
  };
}
