import { formatNumber } from '@agop/report';
import type { TextSummary } from '../experiment.ts';
import type { ForestRecord, HashingRunResult, HashingSummary } from './result.ts';

/** What a strategy is called for people. */
export const strategyWords: Readonly<Record<ForestRecord['strategy'], string>> = {
  'uniform-all': 'any bit',
  uniform: 'any bit that varies',
  published: 'game, published rule',
  game: 'game',
};

/** A result as text. */
export function hashingText({ summary }: HashingRunResult): TextSummary & { readonly table: string[] } {
  const { data, points, bits, constantBits, radius, rho, trees, bucket, rounds, queriesPerPoint } = summary;
  return {
    title: `Forests of bit tests on ${data}`,
    facts: [
      `${points} points of ${bits} bits, ${constantBits} of them the same in all; up to ${radius} bits of a query are wrong`,
      `${trees} trees, leaves of at most ${bucket} points, ρ ${rho}, ${rounds} rounds; ${queriesPerPoint} queries for each point`,
    ],
    table: [
      'tests                  mean  worst 10 %  worst 1 %  smallest  nodes  tests       s',
      ...summary.forests.map(line),
    ],
    findings: verdict(summary),
  };
}

function line({
  strategy,
  mean,
  worstTenth,
  worstHundredth,
  smallest,
  nodes,
  tests,
  seconds,
}: ForestRecord): string {
  return [
    strategyWords[strategy].padEnd(21),
    mean.toFixed(3).padStart(6),
    worstTenth.toFixed(3).padStart(12),
    worstHundredth.toFixed(3).padStart(11),
    smallest.toFixed(3).padStart(10),
    nodes.toFixed(0).padStart(7),
    tests.toFixed(1).padStart(7),
    seconds.toFixed(1).padStart(8),
  ].join('');
}

/** What the comparison shows, in words. */
export function verdict({ forests, trees }: HashingSummary): string[] {
  const of = (strategy: ForestRecord['strategy']): ForestRecord | undefined =>
    forests.find((one) => one.strategy === strategy);
  const [all, varying, game] = [of('uniform-all'), of('uniform'), of('game')];
  return [
    ...(all && varying
      ? [
          `Leaving out the bits that do not vary at a node raises the mean from ${formatNumber(all.mean, 3)} to ${formatNumber(varying.mean, 3)}.`,
        ]
      : []),
    ...(varying && game
      ? [
          `The game ${game.worstHundredth > varying.worstHundredth ? 'raises' : 'changes'} the worst hundredth from ${formatNumber(varying.worstHundredth, 3)} to ${formatNumber(game.worstHundredth, 3)}, and the mean from ${formatNumber(varying.mean, 3)} to ${formatNumber(game.mean, 3)}.`,
        ]
      : []),
    `Probabilities are shares of ${trees} trees: one tree more or less is ${formatNumber(1 / trees, 2)}, which widens the tails.`,
  ];
}
