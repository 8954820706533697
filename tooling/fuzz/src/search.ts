import * as fc from 'fast-check';
import type { Target } from './target.ts';
import type { Trial } from './trial.ts';
import { signatureOf, type Verdict } from './verdict.ts';

/** An input that went wrong, as small as it could be made. */
export interface Find {
  readonly target: string;
  readonly signature: string;
  readonly verdict: Verdict & { readonly passed: false };
  readonly input: unknown;
  /** `target:seed:path`, from which the input is made again. */
  readonly replay: string;
}

/** What a search has seen. */
export interface Tally {
  inputs: number;
  /** How often each outcome came. */
  readonly outcomes: Map<string, number>;
  /** What went wrong once and not again with the same input, such as by the load of the machine. */
  readonly once?: Find[];
}

/** For how long an input that went wrong is made smaller, unless it is said otherwise. */
const usualPatience = 30_000;

/** How long a search goes on. */
export interface SearchOptions {
  /** Default no bound. */
  readonly milliseconds?: number;
  /** Most inputs. Default no bound. */
  readonly most?: number;
  /** Signatures of what is known. Default none. */
  readonly known?: ReadonlySet<string>;
  /** Milliseconds for making an input smaller; 0 to leave it as it is. Default 30,000. */
  readonly patience?: number;
}

/**
 * Tries inputs that follow from a seed until there are enough, or the time is over, or one goes wrong in a
 * way that is not known yet, which is then made smaller.
 */
export async function search(
  target: Target,
  trial: Trial,
  seed: number,
  tally: Tally,
  {
    milliseconds,
    most = Number.MAX_SAFE_INTEGER,
    known = new Set(),
    patience = usualPatience,
  }: SearchOptions,
): Promise<Find | undefined> {
  let found: { readonly verdict: Verdict & { passed: false }; readonly input: unknown } | undefined;
  await trial.start();
  const first = await fc.check(
    fc.asyncProperty(target.inputs, async (input) => {
      const verdict = await trial.run(target, input);
      count(tally, verdict);
      if (verdict.passed || known.has(signatureOf(verdict))) return true;
      found = { verdict, input };
      return false;
    }),
    {
      seed,
      numRuns: most,
      ...(milliseconds !== undefined && { interruptAfterTimeLimit: Math.max(1, milliseconds) }),
      endOnFailure: true,
    },
  );
  if (!first.failed || first.counterexamplePath === null) {
    // The time may be over before the verdict is there, as it is with what hangs.
    await trial.start();
    await new Promise((resolve) => setImmediate(resolve));
    return found && (await triedAgain(target, trial, found, tally));
  }
  const path = first.counterexamplePath;
  const smaller = patience > 0 ? await shrink(target, trial, seed, path, patience) : undefined;
  if (smaller || !found) return smaller;
  const replay = `${target.name}:${seed}:${path}`;
  const find: Find = { target: target.name, signature: signatureOf(found.verdict), ...found, replay };
  if (patience === 0) return find;
  tally.once?.push(find);
  return undefined;
}

/** A find whose place in the search is not known: kept as it is if it goes wrong again, in the same way. */
async function triedAgain(
  target: Target,
  trial: Trial,
  { verdict, input }: Pick<Find, 'verdict' | 'input'>,
  tally: Tally,
): Promise<Find | undefined> {
  const again = await trial.run(target, input);
  const kept = await trial.fixed(target, input);
  const find = { target: target.name, signature: signatureOf(verdict), verdict, input: kept, replay: 'FILE' };
  if (!again.passed && again.fault === verdict.fault) return find;
  tally.once?.push(find);
  return undefined;
}

/** The input that a search with this seed found at this place, tried again and made smaller. */
async function shrink(
  target: Target,
  trial: Trial,
  seed: number,
  path: string,
  patience: number,
): Promise<Find | undefined> {
  let last: { verdict: Verdict & { passed: false }; input: unknown } | undefined;
  let fault: string | undefined;
  const smaller = await fc.check(
    fc.asyncProperty(target.inputs, async (input) => {
      const verdict = await trial.run(target, input);
      if (verdict.passed || verdict.fault !== (fault ?? verdict.fault)) return true;
      fault = verdict.fault;
      last = { verdict, input };
      return false;
    }),
    { seed, path, numRuns: pathStart(path) + 1, interruptAfterTimeLimit: patience },
  );
  if (last === undefined) return undefined;
  const replay = `${target.name}:${seed}:${smaller.counterexamplePath ?? path}`;
  const input = await trial.fixed(target, last.input);
  return { target: target.name, signature: signatureOf(last.verdict), ...last, input, replay };
}

/** The input that `target:seed:path` stands for. */
export function inputAt(target: Target, seed: number, path: string): unknown {
  const seen: unknown[] = [];
  fc.check(
    fc.property(target.inputs, (input) => {
      seen.push(input);
      return false;
    }),
    { seed, path, endOnFailure: true, numRuns: 1 },
  );
  return seen[0];
}

function pathStart(path: string): number {
  return Number(path.split(':')[0]);
}

function count(tally: Tally, verdict: Verdict): void {
  tally.inputs += 1;
  const outcome = verdict.passed ? verdict.outcome : `${verdict.fault}!`;
  tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
}
