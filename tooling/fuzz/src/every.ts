import { Bench } from './bench.ts';
import type { Find, Tally } from './search.ts';
import type { Target } from './target.ts';
import { Trial } from './trial.ts';
import { signatureOf } from './verdict.ts';

/** What a walk over all inputs is told. */
export interface WalkEvents {
  readonly onFind?: (find: Find) => void;
  /** After some thousand inputs: how many, of how many, in how many seconds. */
  readonly onProgress?: (done: number, all: number, seconds: number) => void;
}

const progressEvery = 5000;

/** Tries all inputs of one change of a target. Finds of one signature are told once. */
export async function tryEvery(
  target: Target,
  { onFind, onProgress }: WalkEvents = {},
): Promise<{ readonly finds: readonly Find[]; readonly tally: Tally }> {
  const { every } = target;
  const tally: Tally = { inputs: 0, outcomes: new Map() };
  const finds = new Map<string, Find>();
  if (every === undefined) return { finds: [], tally };
  const bench = await Bench.open();
  let all = 0;
  for (const _ of every.call(target, bench)) all++;
  using trial = new Trial();
  const started = performance.now();
  for (const input of every.call(target, bench)) {
    const verdict = await trial.run(target, input);
    tally.inputs++;
    const outcome = verdict.passed ? verdict.outcome : `${verdict.fault}!`;
    tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
    if (tally.inputs % progressEvery === 0) {
      onProgress?.(tally.inputs, all, (performance.now() - started) / 1000);
    }
    if (verdict.passed) continue;
    // What has no stack is told apart by its input.
    const signature = signatureOf(verdict) + (verdict.stack === '' ? ` ${JSON.stringify(input)}` : '');
    if (finds.has(signature)) continue;
    const find = { target: target.name, signature, verdict, input, replay: 'FILE' };
    finds.set(signature, find);
    onFind?.(find);
  }
  return { finds: [...finds.values()], tally };
}
