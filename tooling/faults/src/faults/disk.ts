import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgopError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { writeFileAtomically } from '@agop/estimators';
import { modelBytes, tableFile } from '../data.ts';
import { demand, type Fault, unlessLinux } from '../fault.ts';
import { agopInShell, programInShell } from '../programs.ts';

/** Disks that are full. */
export const disk: readonly Fault[] = [
  {
    group: 'disk',
    name: 'a file system of 64 kB is full',
    holds: 'a StorageError, ENOSPC; the old model stays; a smaller one is saved afterwards',
    missing: () => unlessLinux() ?? (canMount() ? undefined : 'needs the right to mount'),
    run: async ({ folder }) => {
      const small = join(folder, 'small');
      mkdirSync(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]);
      try {
        using backend = createNaiveBackend();
        const path = join(small, 'model.safetensors');
        const fitting = await modelBytes(backend, 1, 1000);
        await writeFileAtomically(path, fitting);
        const error: unknown = await writeFileAtomically(path, await modelBytes(backend, 1, 300_000)).then(
          () => undefined,
          (reason) => reason,
        );
        demand(AgopError.isInstance(error) && /ENOSPC/.test(error.message), `It is ${String(error)}.`);
        demand(Buffer.from(fitting).equals(readFileSync(path)), 'The old model is gone.');
        demand(readdirSync(small).length === 1, `There are ${readdirSync(small)}.`);
        await writeFileAtomically(path, await modelBytes(backend, 2, 1000));
        return error.message.replace(folder, '…');
      } finally {
        execFileSync('umount', [small]);
      }
    },
  },
  {
    group: 'disk',
    name: 'files may not be longer than 16 kB',
    holds: 'a StorageError, EFBIG; the old file stays, nothing else',
    missing: unlessLinux,
    run: async ({ folder }) => {
      const path = join(folder, 'model.safetensors');
      writeFileSync(path, 'old');
      const { stdout } = await programInShell(`trap '' XFSZ; ulimit -f 16; exec "$@"`, 'save-once', [path]);
      demand(stdout.trim() === 'STORAGE EFBIG', `It is ${stdout}`);
      demand(readFileSync(path, 'utf8') === 'old', 'The old file is gone.');
      demand(readdirSync(folder).length === 1, `There are ${readdirSync(folder)}.`);
      return stdout.trim();
    },
  },
  {
    group: 'disk',
    name: 'agop fit whose model, report or output is /dev/full',
    holds: 'exit code 1 with a message; what could be written is whole',
    missing: unlessLinux,
    run: async ({ folder }) => {
      const table = tableFile(folder, 40);
      const fit = ['fit', table, '--target', 'y', '--backend', 'naive', '--iterations', '0'];
      const codes: string[] = [];
      const model = join(folder, 'model');
      for (const [command, args] of [
        ['"$@"', [...fit, '-o', '/dev/full']],
        ['"$@"', [...fit, '--report', '/dev/full', '-o', model]],
        ['"$@" > /dev/full', [...fit, '-o', model]],
        ['"$@" 2> /dev/full', [...fit, '-o', model]],
      ] as const) {
        const { code, stderr } = await agopInShell(command, args);
        demand(code === 1, `${command} ${args.slice(-2)}: exit code ${code}. ${stderr}`);
        demand(!/unexpected/.test(stderr), stderr);
        codes.push(String(code));
        if (args.includes(model)) {
          const bytes = readFileSync(model);
          demand(bytes.length > 8 + Number(bytes.readBigUInt64LE(0)), 'The model is not whole.');
        }
      }
      return `exit codes ${codes.join(', ')}`;
    },
  },
];

function canMount(): boolean {
  const command =
    'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s';
  return spawnSync('sh', ['-c', command]).status === 0;
}
