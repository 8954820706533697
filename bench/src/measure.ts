import type { Contender } from './contenders/contender.ts';
import type { Item } from './plan.ts';
import { median, spread } from './spread.ts';

/** One line of the results. `ratio` is above 1 where we are faster; null where the peer is absent. */
export interface Result {
  /** What is measured, by which of ours, against whom: `gemm, agop-128 / openblas`. */
  readonly name: string;
  readonly dtype: string;
  readonly size: Readonly<Record<string, number>>;
  readonly ours: number;
  readonly peer: number | null;
  readonly ratio: number | null;
  readonly unit: string;
  /** Between the quartiles of the rounds' ratios, of our own times without a peer; see {@link spread}. */
  readonly spread?: number | undefined;
}

/**
 * What is measured: the time that passes, or what processors spend on it in all threads. The latter hardly
 * sees what else a machine does.
 */
export type Clock = 'wall' | 'processor';

/**
 * Lets all contenders do an item in turns. Figures are medians of the rounds, ratios medians of the ratios of
 * neighbors in a round, which drifts of the machine hit alike. The first round warms up and does not count.
 */
export async function measure(
  item: Item,
  own: readonly Contender[],
  others: readonly Contender[],
  clock: Clock,
  say: (line: string) => void,
): Promise<Result[]> {
  const competing = others.filter((o) => item.peers.includes(o.name));
  const times = new Map<Contender, number[]>();
  const excused = new Set<Contender>();
  for (let round = -1; round < item.rounds; round++) {
    for (const contender of [...own, ...competing]) {
      if (excused.has(contender)) continue;
      const answer = await contender.do(item.work);
      if ('cannot' in answer) {
        excused.add(contender);
        times.delete(contender);
        say(`  ${contender.name} cannot do ${item.work.work}: ${answer.cannot}`);
      } else if (round >= 0) {
        const seconds = clock === 'wall' ? answer.seconds : answer.cpuSeconds;
        times.set(contender, [...(times.get(contender) ?? []), seconds]);
      }
    }
  }
  return own.flatMap((mine) => {
    const seconds = times.get(mine);
    if (!seconds) return [];
    const rivals = competing.filter((one) => times.has(one));
    if (rivals.length === 0) return [compare(item, clock, mine.name, seconds, item.peers[0], undefined)];
    return rivals.map((rival) => compare(item, clock, mine.name, seconds, rival.name, times.get(rival)));
  });
}

function compare(
  { work, measure: kind }: Item,
  clock: Clock,
  mine: string,
  seconds: readonly number[],
  rival: string | undefined,
  rivalSeconds: readonly number[] | undefined,
): Result {
  const inUnits = (time: number): number => {
    if (kind.unit === 'GFLOP/s') return kind.operations / time / 1e9;
    return kind.unit === 'rows/s' ? kind.rows / time : time;
  };
  const ratios = rivalSeconds?.map((time, round) => time / (seconds[round] as number));
  return {
    name: `${work.work}, ${mine} / ${rival ?? 'nobody'}`,
    dtype: work.dtype,
    size: work.size,
    ours: inUnits(median(seconds)),
    peer: rivalSeconds ? inUnits(median(rivalSeconds)) : null,
    ratio: ratios ? median(ratios) : null,
    unit: clock === 'wall' ? kind.unit : kind.unit.replace(/s$/, 'cpu s'),
    spread: spread(ratios ?? seconds),
  };
}
