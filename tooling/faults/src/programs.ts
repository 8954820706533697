import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const agop = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));
const flags = ['-C', '@agop/source'];

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard error or output contains a text; rejects if it ends without. */
  says(text: string): Promise<void>;
}

/** Starts one of the programs of this folder. */
export function startProgram(name: string, args: readonly string[], node: readonly string[] = []): Running {
  const path = fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));
  return follow(spawn(process.execPath, [...flags, ...node, path, ...args], { env: environment() }));
}

/** Starts the program agop. */
export function startAgop(args: readonly string[], node: readonly string[] = []): Running {
  return follow(spawn(process.execPath, [...flags, ...node, agop, ...args], { env: environment() }));
}

/** Starts the program agop in a shell command in which `"$@"` stands for it and its arguments. */
export function agopInShell(
  command: string,
  args: readonly string[],
  node: readonly string[] = [],
): Promise<Ended> {
  return inShell(command, [process.execPath, ...flags, ...node, agop, ...args]);
}

/** Starts one of the programs of this folder in a shell command, likewise. */
export function programInShell(command: string, name: string, args: readonly string[]): Promise<Ended> {
  const path = fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));
  return inShell(command, [process.execPath, ...flags, path, ...args]);
}

function inShell(command: string, args: readonly string[]): Promise<Ended> {
  return follow(spawn('bash', ['-c', command, 'sh', ...args], { env: environment() })).ended;
}

/** Ends a process that takes longer than this many seconds, which then counts as hanging. */
const patience = 120;

function follow(child: ChildProcess): Running {
  let [stdout, stderr] = ['', ''];
  const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  const heard = (): void => {
    for (const { text, resolve } of waiting) if (stdout.includes(text) || stderr.includes(text)) resolve();
  };
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    heard();
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    heard();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`It hangs: no end within ${patience} s. ${stderr.slice(-500)}`));
    }, 1000 * patience);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      for (const { text, reject: fail } of waiting) fail(new Error(`It ended without '${text}': ${stderr}`));
      resolve({ code, signal, stdout, stderr });
    });
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ text, resolve, reject });
      heard();
    });
  return { child, ended, says };
}

/** The environment without what changes the program's output. */
function environment(): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, AGOP_DEBUG: ___, NODE_OPTIONS: ____, ...rest } = process.env;
  return rest;
}
