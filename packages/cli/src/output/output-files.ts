import { constants } from 'node:fs';
import { access, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StorageError, type Wording, wording } from '@agop/core';
import type { Context } from '../command.ts';
import { checkEnding, type OutputKind } from './file-endings.ts';

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
 * Checks that files can be written, so that no one waits for work whose result cannot be kept; and that each
 * has a path of its own, which is none that the command reads.
 *
 * @param outputs paths by the options that name them
 * @param inputs files that the command reads, and folders whose files it reads; names of something else do no
 *   harm
 * @param kinds what is written, by the same options: names must not say another format
 * @throws {StorageError} naming the option: the folder is not there or cannot be written to, the path is a
 *   folder, the file is another output or an input
 * @throws {OptionError} for a name that says another format
 */
export async function checkOutputs(
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly (string | undefined)[] = [],
  kinds: Readonly<Record<string, OutputKind>> = {},
): Promise<void> {
  const taken = new Map<string, Wording>();
  for (const input of inputs.filter((path) => path !== undefined)) {
    for (const one of await identitiesIn(input)) taken.set(one, wording`it is the input '${input}'`);
  }
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    const identity = await identityOf(path);
    const same = identity === undefined ? undefined : taken.get(identity);
    const problem = (await problemWith(path)) ?? same;
    if (problem !== undefined) {
      throw new StorageError(wording`Cannot write '${path}' (${{ option, bare: true }}): ${problem}.`);
    }
    if (identity !== undefined) taken.set(identity, wording`it is the file of ${{ option, bare: true }}`);
    const kind = kinds[option];
    if (kind !== undefined) checkEnding(option, path, kind);
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

/** What {@link identityOf} says of a file, or of each file of a folder. */
async function identitiesIn(path: string): Promise<string[]> {
  const names = await readdir(path).catch(() => undefined);
  const files = names?.filter((name) => !isWrittenHere.test(name)).map((name) => join(path, name)) ?? [path];
  const identities = await Promise.all(files.map(identityOf));
  return identities.filter((one) => one !== undefined);
}

/** Files that a folder of images may have from earlier commands, which may be written again. */
const isWrittenHere = /\.(safetensors|html|csv|json)$/i;

/**
 * What two paths of the same file have in common, through links and other spellings; undefined for devices
 * and pipes, which take several texts.
 */
async function identityOf(path: string): Promise<string | undefined> {
  const existing = await stat(path, { bigint: true }).catch(() => undefined);
  if (existing) return existing.isFile() ? `${existing.dev}:${existing.ino}` : undefined;
  // A link to a file that is not there yet stands for that file.
  const target = await readlink(path).catch(() => undefined);
  if (target !== undefined) return identityOf(resolve(dirname(path), target));
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  const whole = join(folder, basename(path));
  return process.platform === 'linux' ? whole : whole.toLowerCase();
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
