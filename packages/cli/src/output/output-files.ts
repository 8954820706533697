import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { StorageError, wording } from '@agop/core';
import type { Context } from '../command.ts';

/** A file that a command writes when its work is done. */
export interface OutputFile {
  /** Where to; undefined where the file is not asked for. */
  readonly path: string | undefined;
  /** For people, e.g. `Report`. */
  readonly label: string;
  /** Makes the content. */
  readonly content: () => Promise<string | Uint8Array>;
}

/**
 * Checks that files can be written, so that no one waits for work whose result cannot be kept.
 *
 * @param paths by the options that name them
 * @throws {StorageError} naming the option: the folder is not there or cannot be written to, or the path is a
 *   folder
 */
export async function checkOutputs(paths: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const [option, path] of Object.entries(paths)) {
    const problem = path === undefined ? undefined : await problemWith(path);
    if (path === undefined || problem === undefined) continue;
    throw new StorageError(wording`Cannot write '${path}' (${{ option, bare: true }}): ${problem}.`);
  }
}

/**
 * Ends a command: writes its files, one after the other, and prints its JSON object, also if a file could not
 * be written.
 *
 * @param summary the object of `--json`
 * @throws the error of the first file that could not be written, when all is done; the others are noted
 */
export async function finish(
  summary: unknown,
  files: readonly OutputFile[],
  context: Context,
): Promise<void> {
  const errors: unknown[] = [];
  const width = Math.max(...files.map(({ label }) => label.length));
  for (const { path, label, content } of files) {
    if (path === undefined) continue;
    context.status(`Writing ${basename(path)}`);
    try {
      await context.writeFile(path, await content());
      context.print(`${`${label}:`.padEnd(width + 1)} ${path}`);
    } catch (error) {
      errors.push(error);
    }
  }
  context.json(summary);
  const [first, ...others] = errors;
  for (const error of others) context.note(`agop: ${error instanceof Error ? error.message : String(error)}`);
  if (first !== undefined) throw first;
}

/** Why a file cannot be written; undefined if it can, as far as one can tell. */
async function problemWith(path: string): Promise<string | undefined> {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory()) return 'it is a folder';
  // Devices and pipes are written to directly, files through a new one in their folder.
  if (existing && !existing.isFile()) {
    return (await allows(path)) ? undefined : 'writing to it is not allowed';
  }
  const folder = dirname(existing ? await realpath(path) : path);
  const kind = await stat(folder).catch(() => undefined);
  if (kind === undefined) return `there is no folder '${folder}'`;
  if (!kind.isDirectory()) return `'${folder}' is no folder`;
  return (await allows(folder)) ? undefined : `writing to the folder '${folder}' is not allowed`;
}

async function allows(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
