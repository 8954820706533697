import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { tableText, texts } from '../inputs/tables.ts';
import { isOverdue } from '../process-usage.ts';
import type { Target } from '../target.ts';
import { demand } from '../verdict.ts';

interface Input {
  readonly args: readonly string[];
  readonly table: string;
}

const program = fileURLToPath(new URL('../../../../packages/cli/src/main.ts', import.meta.url));
const commands = ['fit', 'predict', 'inspect', 'grok', 'collapse', 'conv', 'info', 'help', 'fti', ''];
const flags = [
  ...[
    '--target',
    '-t',
    '--task',
    '--ignore',
    '--kernel',
    '--bandwidth',
    '--iterations',
    '--ridge',
    '--seed',
    '--dtype',
  ],
  ...[
    '--delimiter',
    '--decimal',
    '--missing',
    '--encoding',
    '--no-header',
    '-o',
    '--output',
    '--report',
    '--json',
    '--preset',
  ],
  ...[
    '--max-rows',
    '--validation',
    '--threads',
    '--op',
    '--p',
    '--fraction',
    '--data',
    '--depth',
    '--width',
    '--limit',
  ],
  ...[
    '--help',
    '--version',
    '--',
    '-',
    '--bogus',
    '--target=',
    '--json=true',
    '--no-json',
    '-x',
    '--spreadsheet-safe',
  ],
];
const words = [
  ...[
    'TABLE',
    'TABLE',
    'OUT',
    'FOLDER',
    'NONE',
    'a',
    'b',
    'y',
    'c',
    '1',
    '0',
    '-1',
    '1e999',
    'NaN',
    '0.5',
    'float32',
    'laplace',
  ],
  ...[
    'regression',
    'classification',
    'none',
    '__proto__',
    'constructor',
    '',
    '+',
    '/',
    'x^2+y^2',
    '5',
    ',',
    '\u001b[31m',
    '\u{1F600}',
    'é',
  ],
];

/** Command lines of the program, each a process of its own. */
export const agop: Target<Input> = {
  name: 'program',
  inTests: 8,
  about:
    'command lines of agop: an exit code of 0, 1 or 2, no unexpected error, no control characters, JSON with --json',
  inputs: fc.record({
    args: fc
      .tuple(
        fc.constantFrom(...commands, 'fit', 'fit', 'fit'),
        fc.oneof(
          fc.array(fc.constantFrom(...flags, ...words), { maxLength: 8 }),
          fc
            .array(fc.constantFrom(...flags, ...words), { maxLength: 5 })
            .map((rest) => ['TABLE', '--target', 'y', ...rest]),
        ),
      )
      .map(([command, rest]) => [command, ...rest]),
    table: fc.oneof(fc.constantFrom(...Object.values(texts)), tableText),
  }),
  refusals: [],
  seconds: 60,
  run: async ({ args, table }) => {
    const folder = mkdtempSync(join(tmpdir(), 'agop-fuzz-'));
    try {
      const places: Record<string, string> = {
        TABLE: join(folder, 't.csv'),
        OUT: join(folder, 'out'),
        FOLDER: folder,
        NONE: join(folder, 'none'),
      };
      writeFileSync(join(folder, 't.csv'), table);
      const given = args.map((arg) => places[arg] ?? arg);
      const { code, stdout, stderr } = await runProgram(given, folder);
      demand(code === 0 || code === 1 || code === 2, 'broken promise', `Exit code ${code}: ${stderr}`);
      demand(!/unexpected error|\bat .*\.ts:\d+/.test(stderr), 'untyped error', stderr);
      demand(code === 0 || stderr.trim() !== '', 'broken promise', `Exit code ${code} without a word.`);
      demand(
        !/[^\P{Cc}\t\n]/u.test(stdout + stderr),
        'broken promise',
        `Control characters: ${JSON.stringify(stdout + stderr)}`,
      );
      if (code === 0 && given.includes('--json') && !given.includes('--help') && !given.includes('--version'))
        JSON.parse(stdout);
      return `exit ${code}`;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function runProgram(
  args: readonly string[],
  cwd: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['-C', '@agop/source', program, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, AGOP_BACKEND: 'cpu', AGOP_DATA: cwd, NO_COLOR: '1' },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  // The process that tries inputs may be ended; then this one ends as well.
  const stop = (): void => void child.kill('SIGKILL');
  const started = performance.now();
  const watch = setInterval(() => {
    if (isOverdue(child.pid, 0, (performance.now() - started) / 1000, 50)) stop();
  }, 200);
  process.once('exit', stop);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(watch);
      process.off('exit', stop);
      resolve({ code, stdout, stderr });
    });
  });
}
