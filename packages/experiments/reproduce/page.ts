import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OptionError, wording } from '@agop/core';
import { text } from '@agop/core/options';
import { locateDataset } from '@agop/data/node';
import type { RunFolder } from '../src/node/run-folder.ts';
import type { PartStore } from '../src/run-parts.ts';

/** Where the pages are. */
export const docs = join(import.meta.dirname, '../../../apps/docs/papers');

/** The option `--out` of every program that writes. */
export const outOption = text({
  default: docs,
  defaultWords: 'apps/docs/papers',
  description: 'Folder of the pages',
});

/** The option `--data` of every program that reads data sets. */
export const dataOption = text({
  placeholder: 'folder',
  description: 'Where data sets are',
  defaultWords: '$AGOP_DATA, or shared/data beside or above the clone',
});

/** Data sets are looked for in this folder, if one is given. */
export function useData(folder: string | undefined): void {
  if (folder !== undefined) process.env['AGOP_DATA'] = folder;
}

/** The folder of all shared tables. @throws {OptionError} if it is not there */
export function sharedTables(): string {
  const uci = locateDataset('uci121');
  if (uci !== undefined) return dirname(uci);
  throw new OptionError(
    'data',
    wording`The shared tables were not found. Name their folder with ${{ option: 'data' }}.`,
  );
}

/** The option `--only` of programs that make several runs. */
export const onlyOption = text({ description: 'Names divided by commas', defaultWords: 'all' });

/** The seeds `0,1,2`. */
export const seedsOption = text({ default: '0,1,2', description: 'Seeds divided by commas' });

/** Parts of a text that is divided by commas. */
export function parts(list: string): string[] {
  return list.split(',').map((part) => part.trim());
}

/** What {@link namedRuns} makes, and what it leaves. */
interface NamedRuns {
  /** The file of the results. */
  readonly file: string;
  /** Names divided by commas; undefined: all. */
  readonly only: string | undefined;
  /** Whether no run is made. */
  readonly draw: boolean;
  /** Where the runs keep their parts. */
  readonly parts: RunFolder;
}

/** Results by name: those that the file has, with the chosen ones made anew, each saved as it is made. */
export async function namedRuns<Run extends { readonly name: string }, Result>(
  runs: readonly Run[],
  { file, only, draw, parts: folder }: NamedRuns,
  make: (run: Run, parts: PartStore) => Promise<Result>,
): Promise<Record<string, Result>> {
  const results: Record<string, Result> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const chosen = draw ? [] : runs.filter(({ name }) => only === undefined || parts(only).includes(name));
  for (const run of chosen) {
    results[run.name] = await make(run, folder.within(run.name));
    saveJson(file, results, 0);
  }
  return results;
}

/** Writes a picture of a page. */
export type Save = (name: string, svg: string) => void;

/** Saves pictures into a folder. */
export function savingIn(folder: string): Save {
  mkdirSync(folder, { recursive: true });
  return (name, svg) => {
    const path = join(folder, `${name}.svg`);
    writeFileSync(path, svg);
    console.log(`${path}: ${(svg.length / 1024).toFixed(0)} KiB`);
  };
}

/** Writes JSON: at any time the old or the new text is there, whole. */
export function saveJson(path: string, value: unknown, indent = 1): void {
  saveText(path, `${JSON.stringify(value, null, indent)}\n`);
}

/** Writes a text as {@link saveJson} does. */
export function saveText(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** Replaces what stands between `<!-- table: name -->` and `<!-- end -->` of a page, if the page is there. */
export function fillTables(page: string, tables: Readonly<Record<string, string>>): void {
  if (!existsSync(page)) return;
  const filled = readFileSync(page, 'utf8').replace(
    /(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)/gs,
    (whole, open: string, name: string, close: string) =>
      tables[name] === undefined ? whole : `${open}${tables[name]}\n${close}`,
  );
  writeFileSync(page, filled);
}

/** A table in Markdown. @param right columns that are aligned to the right */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|${header.map((_, i) => (right.includes(i) ? '--:' : '---')).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}
