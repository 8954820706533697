import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { usageCode } from '../src/failure.ts';
import type { WorkMessage } from '../src/messages.ts';
import { parseArguments, UsageError } from '../src/supervisor/arguments.ts';
import { progressLine } from '../src/supervisor/display.ts';
import { helpText } from '../src/supervisor/help.ts';
import { workOrder } from '../src/supervisor/supervise.ts';
import { shown } from '../src/supervisor/terminal.ts';
import { carryOut } from '../src/worker/work.ts';

// Fits and processes take their time on machines that are busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Where runs of the tests keep their parts: not among those of the user. */
export const cache = mkdtempSync(join(tmpdir(), 'agop-cli-cache-'));
process.env['AGOP_CACHE'] = cache;
process.on('exit', () => rmSync(cache, { recursive: true, force: true }));

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** How a run of the program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that is still running. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard error contains `text`. */
  readonly says: (text: string) => Promise<void>;
}

/** Starts the program from its sources, as a process of its own. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  return follow(
    spawn(process.execPath, ['-C', '@agop/source', main, ...args], { env: { ...clean(), ...env } }),
  );
}

/** Starts the program through a shell command in which `"$@"` stands for it and its arguments. */
export function startInShell(command: string, args: readonly string[]): Running {
  const whole = ['-c', command, 'sh', process.execPath, '-C', '@agop/source', main, ...args];
  return follow(spawn('bash', whole, { env: clean() }));
}

/** Runs the program to its end, as a process of its own. */
export function runProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return start(args, env).ended;
}

/** Runs a command line in this process: all of the program but its threads, its signals and its terminal. */
export async function run(args: readonly string[]): Promise<Ended> {
  const ended = { code: 0, stdout: '', stderr: '' };
  const tell = (message: WorkMessage): void => {
    switch (message.kind) {
      case 'out':
        ended.stdout += shown(message.text, false);
        break;
      case 'raw':
        ended.stdout += message.text;
        break;
      case 'note':
        ended.stderr += `${shown(message.line, false)}\n`;
        break;
      case 'progress':
        ended.stderr += `${shown(progressLine(message.text, message.secondsLeft), false)}\n`;
        break;
      case 'live':
      case 'kept':
        break;
      case 'done':
        if (message.failure === undefined) break;
        ended.code = message.failure.code;
        ended.stderr += `${shown(message.failure.text, false)}\n`;
        break;
    }
  };
  try {
    const parsed = parseArguments(args);
    if (parsed.kind === 'work') {
      await carryOut(workOrder(parsed, args, { columns: 80, color: false, watched: false }), tell);
    } else if (parsed.kind === 'help') ended.stdout = `${helpText(parsed.command, parsed.task)}\n`;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    ended.code = usageCode;
    ended.stderr = `${shown(error.message, false)}\n`;
  }
  return ended;
}

function follow(child: ChildProcess): Running {
  let stdout = '';
  let stderr = '';
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    for (const { text, resolve } of waiting) if (stderr.includes(text)) resolve();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const says = (text: string) => new Promise<void>((resolve) => waiting.push({ text, resolve }));
  return { child, ended, says };
}

/** The environment without what changes the program's output. */
function clean(): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, AGOP_DEBUG: ___, ...rest } = process.env;
  return rest;
}

/** A folder with files, that goes away. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'agop-cli-'));

  /** Writes a file and gives its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = this.at(name);
    writeFileSync(path, content);
    return path;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Houses whose price depends on area and colour, with quotes, missing values and a constant column. */
export function houses(rows: number): string {
  const colours = ['red', 'blue', '"sea green, light"'];
  const lines = Array.from({ length: rows }, (_, i) => {
    const area = 40 + ((i * 37) % 90);
    const colour = i % 3;
    const noise = (i * 7919) % 101;
    const price = 2 * area + 30 * colour + noise / 50;
    return `${i % 11 === 5 ? 'NA' : area},${colours[colour]},${noise},here,${price}`;
  });
  return `area,colour,noise,town,price\n${lines.join('\n')}\n`;
}

/** Points of two classes, divided by the first of five columns. */
export function classes(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const x = Array.from({ length: 5 }, (_, k) => Math.sin(12.9898 * (i + 1) * (k + 1) + 78.233 * k));
    return `${x.map((value) => value.toFixed(4)).join(',')},${(x[0] ?? 0) > 0 ? 'up' : 'down'}`;
  });
  return `a,b,c,d,e,side\n${lines.join('\n')}\n`;
}
