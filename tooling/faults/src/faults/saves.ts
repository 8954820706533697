import { execFileSync, spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AgopError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { writeFileAtomically } from '@agop/estimators';
import { modelBytes, tableFile } from '../data.ts';
import { demand, type Fault, unlessLinux } from '../fault.ts';
import { startAgop, startProgram } from '../programs.ts';

const models = async (): Promise<[Uint8Array, Uint8Array]> => {
  using backend = createNaiveBackend();
  return [await modelBytes(backend, 1, 300_000), await modelBytes(backend, 2, 300_000)];
};

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

/** Temporary files in a folder. */
const leftovers = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'));

/** Kills and odd targets of saves. */
export const saves: readonly Fault[] = [
  {
    group: 'saves',
    name: 'SIGKILL while models are saved in turn',
    holds: 'the file is one of the models, whole; the next save clears what was left',
    run: async ({ folder, rounds, random }) => {
      const path = join(folder, 'model.safetensors');
      const [first, second] = await models();
      writeFileSync(path, first);
      let [old, renewed, left] = [0, 0, 0];
      for (let round = 0; round < rounds; round++) {
        const { child, ended, says } = startProgram('save-forever', [path]);
        await says('ready');
        await wait(150 * random());
        child.kill('SIGKILL');
        await ended;
        const found = readFileSync(path);
        demand(same(found, first) || same(found, second), `After kill ${round} the file is neither model.`);
        if (same(found, first)) old += 1;
        else renewed += 1;
        left += leftovers(folder).length;
      }
      await writeFileAtomically(path, first);
      demand(leftovers(folder).length === 0, `${leftovers(folder).length} temporary files stay.`);
      return `${rounds} kills: ${old} times the first model, ${renewed} the second, ${left} files left over and cleared`;
    },
  },
  {
    group: 'saves',
    name: 'SIGKILL of agop fit around its save',
    holds: 'the old model or the new one, whole; no half report',
    run: async ({ folder, rounds, random }) => {
      const table = tableFile(folder, 40);
      const path = join(folder, 'model.safetensors');
      let written = 0;
      for (let round = 0; round < Math.max(2, Math.ceil(rounds / 8)); round++) {
        writeFileSync(path, 'the old model');
        const args = ['fit', table, '--target', 'y', '--backend', 'naive', '--iterations', '1', '-o', path];
        const { child, ended, says } = startAgop(args);
        await says('iteration 1').catch(() => {});
        await wait(80 * random());
        child.kill('SIGKILL');
        await ended;
        const found = readFileSync(path);
        const isOld = found.toString() === 'the old model';
        if (!isOld) {
          written += 1;
          const length = Number(found.readBigUInt64LE(0));
          demand(found.length > 8 + length, `The model has only ${found.length} bytes.`);
          JSON.parse(found.toString('utf8', 8, 8 + length));
        }
      }
      return `${written} times the new model, else the old one`;
    },
  },
  {
    group: 'saves',
    name: 'two processes save to one path',
    holds: 'the file is one of the models, whole, at any time',
    run: async ({ folder, rounds }) => {
      const path = join(folder, 'model.safetensors');
      const [first, second] = await models();
      writeFileSync(path, first);
      const both = [startProgram('save-forever', [path]), startProgram('save-forever', [path])];
      await Promise.all(both.map(({ says }) => says('ready')));
      for (let look = 0; look < 5 * rounds; look++) {
        const found = await readFile(path);
        demand(same(found, first) || same(found, second), 'The file is neither model.');
        await wait(3);
      }
      for (const { child } of both) child.kill('SIGKILL');
      await Promise.all(both.map(({ ended }) => ended));
      return `${5 * rounds} looks`;
    },
  },
  {
    group: 'saves',
    name: 'the target is a folder, a link, a link in a ring, or lies in no folder',
    holds: 'links are followed, the others refused by a StorageError; nothing is left',
    run: async ({ folder }) => {
      const [bytes] = await models();
      const at = (name: string): string => join(folder, name);
      mkdirSync(at('folder'));
      writeFileSync(at('file'), 'old', { mode: 0o600 });
      symlinkSync('file', at('link'));
      symlinkSync('later', at('dangling'));
      symlinkSync('ring-b', at('ring-a'));
      symlinkSync('ring-a', at('ring-b'));
      const codes: string[] = [];
      for (const name of ['folder', 'link', 'dangling', 'ring-a', 'none/model', `file/${'m'.repeat(300)}`]) {
        const error: unknown = await writeFileAtomically(at(name), bytes).then(
          () => undefined,
          (reason) => reason,
        );
        demand(error === undefined || AgopError.isInstance(error), `${name}: ${String(error)}`);
        codes.push(`${name.slice(0, 10)}: ${AgopError.isInstance(error) ? error.code : 'written'}`);
      }
      demand(same(readFileSync(at('file')), bytes), 'The file behind the link is not the model.');
      demand((statSync(at('file')).mode & 0o777) === 0o600, 'The mode of the file has changed.');
      demand(lstatSync(at('link')).isSymbolicLink(), 'The link is gone.');
      demand(same(readFileSync(at('later')), bytes), 'The file behind the dangling link is not the model.');
      demand(leftovers(folder).length === 0, 'Temporary files stay.');
      demand(
        codes.filter((code) => code.endsWith('STORAGE')).length === 4,
        `Some are not refused: ${codes.join(', ')}`,
      );
      return codes.join(', ');
    },
  },
  {
    group: 'saves',
    name: 'the target is a named pipe',
    holds: 'who reads it gets the whole model',
    missing: unlessLinux,
    run: async ({ folder }) => {
      const [bytes] = await models();
      const path = join(folder, 'pipe');
      execFileSync('mkfifo', [path]);
      const [found] = await Promise.all([readFile(path), writeFileAtomically(path, bytes)]);
      demand(same(found, bytes), `${found.length} of ${bytes.length} bytes arrive.`);
      return `${found.length} bytes`;
    },
  },
  {
    group: 'saves',
    name: 'a folder that may not be written to',
    holds: 'a StorageError that says so; the old file stays',
    missing: () => (canLock() ? undefined : 'needs a user who is not root, or a file system with chattr'),
    run: async ({ folder }) => {
      const [bytes] = await models();
      const inside = join(folder, 'locked');
      mkdirSync(inside);
      writeFileSync(join(inside, 'model'), 'old');
      lock(inside, true);
      try {
        const error: unknown = await writeFileAtomically(join(inside, 'model'), bytes).then(
          () => undefined,
          (reason) => reason,
        );
        demand(AgopError.isInstance(error) && error.code === 'STORAGE', `It is ${String(error)}.`);
        demand(readFileSync(join(inside, 'model'), 'utf8') === 'old', 'The old file is gone.');
        return error.message.replace(folder, '…');
      } finally {
        lock(inside, false);
      }
    },
  },
];

const isRoot = (): boolean => process.getuid?.() === 0;

/** Root may write anywhere but where the file system forbids it. */
function canLock(): boolean {
  if (!isRoot()) return process.platform !== 'win32';
  return (
    spawnSync('sh', ['-c', 'd=$(mktemp -d) && chattr +i "$d" && chattr -i "$d" && rmdir "$d"']).status === 0
  );
}

function lock(folder: string, locked: boolean): void {
  if (isRoot()) execFileSync('chattr', [locked ? '+i' : '-i', folder]);
  else execFileSync('chmod', [locked ? '555' : '755', folder]);
}
