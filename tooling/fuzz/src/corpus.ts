import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An input that is kept, with why. */
export interface Kept {
  readonly target: string;
  /** What went wrong with it, or what it is there for. */
  readonly found: string;
  readonly input: unknown;
}

/** Where inputs that once went wrong are kept, a folder for each target. */
export const corpusFolder = fileURLToPath(new URL('../corpus', import.meta.url));

/** All inputs of the corpus for a target, by the names of their files. */
export function keptInputs(target: string): [name: string, kept: Kept][] {
  const folder = join(corpusFolder, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => [name, readKept(join(folder, name))]);
}

export function readKept(path: string): Kept {
  return JSON.parse(readFileSync(path, 'utf8')) as Kept;
}

/** Writes an input below a folder and gives its path: `csv/untyped-error-0f3a.json`. */
export function keep(folder: string, fault: string, kept: Kept): string {
  const text = `${JSON.stringify(kept, null, 2)}\n`;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  mkdirSync(join(folder, kept.target), { recursive: true });
  const path = join(folder, kept.target, `${fault.replaceAll(' ', '-')}-${hash}.json`);
  writeFileSync(path, text);
  return path;
}
