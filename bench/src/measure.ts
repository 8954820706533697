import type { Contender } from './contenders/contender.ts';
import type { Item } from './plan.ts';

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
}

/**
 * Lets all contenders do an item in turns and takes the best time of each: on a shared machine whatever is
 * slower was disturbed. The first round warms up and does not count, unless there is only one.
 */
export async function measure(
  item: Item,
  own: readonly Contender[],
  others: readonly Contender[],
  say: (line: string) => void,
): Promise<Result[]> {
  const competing = others.filter((o) => item.peers.includes(o.name));
  const best = new Map<Contender, number>();
  const excused = new Set<Contender>();
  const warmUp = item.rounds > 1 ? 1 : 0;
  for (let round = -warmUp; round < item.rounds; round++) {
    for (const contender of [...own, ...competing]) {
      if (excused.has(contender)) continue;
      const answer = await contender.do(item.work);
      if ('cannot' in answer) {
        excused.add(contender);
        say(`  ${contender.name} cannot do ${item.work.work}: ${answer.cannot}`);
      } else if (round >= 0) {
        best.set(contender, Math.min(answer.seconds, best.get(contender) ?? Number.POSITIVE_INFINITY));
      }
    }
  }
  const results: Result[] = [];
  for (const mine of own) {
    const seconds = best.get(mine);
    if (seconds === undefined) continue;
    const rivals = competing.filter((c) => best.has(c));
    for (const rival of rivals.length > 0 ? rivals : [undefined]) {
      results.push(compare(item, mine.name, seconds, rival?.name ?? item.peers[0], rival && best.get(rival)));
    }
  }
  return results;
}

function compare(
  { work, measure: kind }: Item,
  mine: string,
  seconds: number,
  rival: string | undefined,
  rivalSeconds: number | undefined,
): Result {
  const inUnits = (time: number) => (kind.unit === 'GFLOP/s' ? kind.operations / time / 1e9 : time);
  return {
    name: `${work.work}, ${mine} / ${rival ?? 'nobody'}`,
    dtype: work.dtype,
    size: work.size,
    ours: inUnits(seconds),
    peer: rivalSeconds === undefined ? null : inUnits(rivalSeconds),
    ratio: rivalSeconds === undefined ? null : rivalSeconds / seconds,
    unit: kind.unit,
  };
}
