import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OptionError, StorageError, wording } from '@agop/core';
import type { Table } from '@agop/data';
import { writeFileAtomically } from '@agop/estimators';
import { encodeTrial, type LeafEvents, type TrialEvent } from '@agop/tabular';
import type { Context } from '../command.ts';

/** Where a fit keeps what it has found until its model is written. */
export interface Journal extends Required<Pick<LeafEvents, 'readLeaf' | 'writeLeaf'>> {
  /** Trials of an interrupted fit, for `resume`. */
  readonly trials: string | undefined;
  /** Keeps a trial. */
  add(event: TrialEvent): void;
  /** Waits until everything is kept. */
  settle(): Promise<void>;
  /** Takes the journal away: the model is written. */
  remove(): Promise<void>;
}

const [trialsFile, markFile] = ['trials.jsonl', 'begun.json'];

/**
 * The journal of a fit: a folder beside its model, `<output>.resume`, with a line for each trial and a file
 * for each leaf, each whole or not there.
 *
 * @param mark what tells this fit from others: see {@link markOf}
 * @throws {OptionError} with `isResumed` for a journal of other rows or settings
 * @returns undefined where nothing can be kept beside the model
 * @throws {StorageError} with `isResumed`, where nothing can be kept
 */
export async function openJournal(
  output: string,
  mark: string,
  isResumed: boolean,
  context: Pick<Context, 'note'>,
): Promise<Journal | undefined> {
  const folder = `${output}.resume`;
  const found = await readFile(join(folder, markFile), 'utf8').catch(() => undefined);
  const isSame = found === mark;
  if (isResumed && found !== undefined && !isSame) {
    throw new OptionError(
      'resume',
      wording`${folder} is of a fit with other rows or settings. Without ${{ option: 'resume', bare: true }} it is begun anew.`,
    );
  }
  const goesOn = isResumed && isSame;
  if (isResumed && !goesOn) context.note(`agop: There is no interrupted fit in ${folder}: it begins anew.`);
  if (!isResumed && found !== undefined && isSame) {
    context.note(
      wording`agop: An interrupted fit of these rows is thrown away, and begun anew; ${{ option: 'resume', bare: true }} would have gone on with it.`,
    );
  }
  const trialsPath = join(folder, trialsFile);
  const trials = goesOn ? await readFile(trialsPath, 'utf8').catch(() => '') : undefined;
  try {
    if (!goesOn) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFileAtomically(join(folder, markFile), new TextEncoder().encode(mark));
    // A last line that was cut off ends here.
    if (trials !== undefined && trials !== '' && !trials.endsWith('\n')) await appendFile(trialsPath, '\n');
  } catch (cause) {
    // Beside a device, say, there is no place: the fit needs none.
    if (!isResumed) return undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError(`Cannot keep what the fit finds in ${folder}: ${reason}.`, { cause });
  }
  const whole = wholeLines(trials);
  if (whole !== undefined) {
    const count = trialsOf(whole);
    context.note(`agop: It goes on: ${count} ${count === 1 ? 'trial is' : 'trials are'} known.`);
  }
  let last: Promise<void> = Promise.resolve();
  const known = new Set(trials?.split('\n'));
  return {
    trials: whole,
    add: (event) => {
      const line = encodeTrial(event);
      if (known.has(line)) return;
      last = last.then(() => appendFile(trialsPath, `${line}\n`)).catch(() => {});
    },
    readLeaf: async (name) => {
      const path = join(folder, name);
      return (await stat(path).catch(() => undefined)) ? readFile(path) : undefined;
    },
    writeLeaf: (name, bytes) => writeFileAtomically(join(folder, name), bytes),
    settle: () => last,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The lines that are whole: one that was cut off when the program was killed is left out. */
function wholeLines(trials: string | undefined): string | undefined {
  if (trials === undefined) return undefined;
  return trials
    .split('\n')
    .filter((line) => parsed(line) !== null)
    .join('\n');
}

/** How many different trials lines are of: each round that a trial reaches has a line. */
function trialsOf(lines: string): number {
  const numbers = lines.split('\n').map((line) => {
    const value = parsed(line);
    return typeof value === 'object' && value !== null && 'trial' in value ? value.trial : undefined;
  });
  return new Set(numbers.filter((trial) => trial !== undefined)).size;
}

/** What a line holds; null where it is cut off. */
function parsed(line: string): unknown {
  try {
    return line === '' ? null : JSON.parse(line);
  } catch {
    return null;
  }
}

/** What tells a fit from others: its settings, but for those that say how long it goes on, and its rows. */
export function markOf(settings: object, { rows, columns }: Table): string {
  const hash = createHash('sha256');
  const lasting = Object.entries(settings).filter(([name]) => !['time', 'trials', 'quick'].includes(name));
  hash.update(JSON.stringify(lasting));
  for (const column of columns) {
    hash.update(JSON.stringify([column.name, column.kind]));
    if (column.kind === 'categorical') hash.update(JSON.stringify(column.categories));
    const values = column.kind === 'numeric' ? column.values : column.codes;
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return JSON.stringify({ format: 'agop-journal', version: 1, rows, of: hash.digest('hex') });
}
