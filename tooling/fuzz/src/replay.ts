import { readKept } from './corpus.ts';
import { inputAt } from './search.ts';
import { findTarget } from './targets/index.ts';
import { Trial } from './trial.ts';
import type { Verdict } from './verdict.ts';

/**
 * Tries one input again, in a new process.
 *
 * @param what `target:seed:path` of a search, or a file of the corpus
 */
export async function replay(what: string): Promise<Verdict> {
  const [, name, seed, path] = /^([\w-]+):(-?\d+):(\d[\d:]*)$/.exec(what) ?? [];
  using trial = new Trial();
  if (name !== undefined && path !== undefined) {
    const target = findTarget(name);
    return await trial.run(target, inputAt(target, Number(seed), path));
  }
  const { target, input } = readKept(what);
  return await trial.run(findTarget(target), input);
}
