import type { NodePoints } from '../game/node-points.ts';
import { equalWeights, type GameRules, playGame } from '../game/play.ts';
import type { HashingSettings } from '../options.ts';

/** The distribution over tests at a node, as a strategy has it. */
export function testWeights(settings: HashingSettings): (points: NodePoints) => Float64Array {
  const { strategy, gamePoints } = settings;
  if (strategy === 'uniform') return (points) => equalWeights(points, 'varying');
  if (strategy === 'uniform-all') return (points) => equalWeights(points, 'all');
  return (points) => playGame(spaced(points, gamePoints), gameRules(settings, points.bits.bits)).weights;
}

/** The rules of the game that a strategy plays. */
export function gameRules({ strategy, radius, rho, rounds, beta }: HashingSettings, bits: number): GameRules {
  const rules = { radius, rho, rounds };
  if (strategy !== 'published') return { ...rules, answers: 'current' };
  const first = new Float64Array(bits).fill(1);
  return { ...rules, answers: 'average', step: -Math.log(beta), averageFrom: 0, first };
}

/** At most so many points of a node, evenly spaced. */
function spaced(points: NodePoints, most: number): NodePoints {
  const { bits, members, begin, end } = points;
  const count = end - begin;
  if (count <= most) return points;
  const chosen = Int32Array.from(
    { length: most },
    (_, k) => members[begin + Math.floor((k * count) / most)] as number,
  );
  return { bits, members: chosen, begin: 0, end: most };
}
