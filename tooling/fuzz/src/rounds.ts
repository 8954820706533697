import { keptInputs } from './corpus.ts';
import { type Find, search, type Tally } from './search.ts';
import type { Target } from './target.ts';
import { Trial } from './trial.ts';
import { signatureOf } from './verdict.ts';

/** What a search over targets is told. */
export interface FuzzEvents {
  readonly onFind?: (find: Find) => void;
  /** After each round over all targets. */
  readonly onRound?: (round: number, seconds: number) => void;
}

/** What a search over targets has seen. */
export interface FuzzResult {
  readonly seed: number;
  readonly seconds: number;
  readonly inputs: number;
  readonly finds: readonly Find[];
  /** What went wrong once and not again with the same input. */
  readonly once: readonly Find[];
  readonly targets: readonly {
    readonly target: string;
    readonly inputs: number;
    readonly outcomes: Readonly<Record<string, number>>;
  }[];
}

/** Longest time that a round gives to a target, so that all of them are tried early. */
const longestTurn = 20_000;

/**
 * Tries the corpus, then new inputs for each target in turn until the time is over. What is tried follows
 * from the seed; how much of it, from the time.
 */
export async function fuzz(
  targets: readonly Target[],
  seed: number,
  milliseconds: number,
  { onFind, onRound }: FuzzEvents = {},
): Promise<FuzzResult> {
  using trial = new Trial();
  await trial.start();
  const started = performance.now();
  const left = (): number => milliseconds - (performance.now() - started);
  const finds: Find[] = [];
  const known = new Set<string>();
  const once: Find[] = [];
  const tallies = targets.map((): Tally => ({ inputs: 0, outcomes: new Map(), once }));
  const found = (find: Find): void => {
    known.add(find.signature);
    finds.push(find);
    onFind?.(find);
  };
  for (const target of targets) for (const find of await tryCorpus(target, trial)) found(find);
  for (let round = 0; left() > 0; round++) {
    for (const [i, target] of targets.entries()) {
      const turn = Math.min(longestTurn, left() / (targets.length - i));
      const end = performance.now() + turn;
      // A find ends a search; the rest of the turn goes on from another seed.
      for (let part = 0; performance.now() < end && left() > 0; part++) {
        const own = seedOf(seed, i, round, part);
        const find = await search(target, trial, own, tallies[i] as Tally, {
          milliseconds: end - performance.now(),
          known,
        });
        if (find !== undefined && !known.has(find.signature)) found(find);
      }
    }
    onRound?.(round, (performance.now() - started) / 1000);
  }
  return {
    seed,
    seconds: (performance.now() - started) / 1000,
    inputs: tallies.reduce((sum, { inputs }) => sum + inputs, 0),
    finds,
    once,
    targets: targets.map(({ name }, i) => ({
      target: name,
      inputs: tallies[i]?.inputs ?? 0,
      outcomes: Object.fromEntries([...(tallies[i]?.outcomes ?? [])].toSorted(([, a], [, b]) => b - a)),
    })),
  };
}

async function tryCorpus(target: Target, trial: Trial): Promise<Find[]> {
  const finds: Find[] = [];
  for (const [name, { input }] of keptInputs(target.name)) {
    const verdict = await trial.run(target, input);
    if (verdict.passed) continue;
    const replay = `tooling/fuzz/corpus/${target.name}/${name}`;
    finds.push({ target: target.name, signature: signatureOf(verdict), verdict, input, replay });
  }
  return finds;
}

/** Numbers that differ for each part, and stay the same for the same seed. */
function seedOf(seed: number, target: number, round: number, part: number): number {
  let mixed = seed;
  for (const number of [target, round, part])
    mixed = Math.imul(mixed ^ (number + 0x9e3779b9), 0x85ebca6b) | 0;
  return mixed;
}
