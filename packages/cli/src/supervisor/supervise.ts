import { Worker } from 'node:worker_threads';
import { AgopError, UnavailableError } from '@agop/core';
import { outputWidth, wantsColor } from '@agop/report/terminal';
import { describeFailure, usageCode } from '../failure.ts';
import type { WorkMessage, WorkOrder } from '../messages.ts';
import { type Parsed, type ParsedCommand, parseArguments, UsageError } from './arguments.ts';
import { canRedraw, Display } from './display.ts';
import { helpText, version } from './help.ts';
import { isOutputClosed, shown, Terminal } from './terminal.ts';

/** Exit codes of programs that a signal ended: 128 + its number. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * The main thread of the program: understands the command line, lets a worker do the work, shows its progress
 * and prints its results. It is never busy, so that an interruption ends the program at once, whatever the
 * worker does.
 *
 * @param argv as `process.argv`
 * @param entry the program's file, which the worker loads as well
 */
export async function supervise(argv: readonly string[], entry: URL): Promise<void> {
  const terminal = new Terminal();
  let parsed: Parsed;
  try {
    parsed = parseArguments(argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.error(error.message);
    terminal.end(usageCode);
    return;
  }
  if (needsOutput(parsed) && isOutputClosed()) {
    terminal.error(
      'agop: Standard output is closed, so the result would be lost. Write it to a file (--output, if the command has it), or send it away with > /dev/null.',
    );
    terminal.end(1);
    return;
  }
  if (parsed.kind !== 'work') {
    const words =
      parsed.kind === 'help'
        ? helpText(parsed.command, parsed.task)
        : `${version()} ${process.platform}-${process.arch} node-${process.version}`;
    terminal.out(`${words}\n`, false);
    return;
  }
  const order = workOrder(parsed, argv.slice(2), {
    columns: outputWidth(process.stdout),
    color: wantsColor(process.stdout, process.env),
    watched: canRedraw(process.stderr),
  });
  await run(order, entry, terminal);
}

/** Whether what a command line asks for has no other place than standard output. */
function needsOutput(parsed: Parsed): boolean {
  if (parsed.kind !== 'work') return true;
  const { json, output, report } = parsed.options;
  return json === true || (output === undefined && report === undefined);
}

/** The work that a command line asks for. @param typed what stands after the program's name */
export function workOrder(
  { command, args, options }: ParsedCommand,
  typed: readonly string[],
  terminal: Pick<WorkOrder, 'columns' | 'color' | 'watched'>,
): WorkOrder {
  const commandLine = ['agop', ...typed.map((word) => quote(withoutPassword(word)))].join(' ');
  return { command, args, options, commandLine, ...terminal, busy: new SharedArrayBuffer(4) };
}

function run(order: WorkOrder, entry: URL, terminal: Terminal): Promise<void> {
  const display = new Display(process.stderr, (line) => terminal.error(line));
  let worker: Worker;
  try {
    worker = startWorker(entry, order);
  } catch (error) {
    const { text, code } = describeFailure(error, process.env);
    terminal.error(text);
    terminal.end(code);
    return Promise.resolve();
  }
  const busy = new Int32Array(order.busy);
  /** What is said of an interruption that the command awaits. */
  let awaited: string | undefined;
  /** What is said of one that ends the program. */
  let kept = '';
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      if (awaited === undefined) {
        interrupt(display, terminal, busy, code, () => kept);
        return;
      }
      const words = awaited;
      awaited = undefined;
      display.remark(() => terminal.error(`agop: ${words}`));
      worker.postMessage(signal);
    });
  }
  return new Promise((resolve) => {
    let isFinished = false;
    const finish = (code: number, text?: string) => {
      if (isFinished) return;
      isFinished = true;
      display.stop();
      if (text !== undefined) terminal.error(text);
      terminal.end(code);
      void worker.terminate();
      resolve();
    };
    worker.on('message', (message: WorkMessage) => {
      switch (message.kind) {
        case 'out':
          display.result(() => terminal.out(message.text, order.color));
          break;
        case 'raw':
          display.result(() => terminal.raw(message.text));
          break;
        case 'note':
          display.remark(() => terminal.error(message.line));
          break;
        case 'progress':
          display.progress(shown(message.text, false), message.secondsLeft);
          break;
        case 'live':
          display.live(message.lines.map((line) => shown(line, order.color)));
          break;
        case 'interruptible':
          awaited = message.words;
          break;
        case 'kept':
          kept = message.words;
          break;
        case 'done':
          finish(message.failure?.code ?? 0, message.failure?.text);
          break;
      }
    });
    worker.on('error', (error) => {
      const { text, code } = describeFailure(named(error), process.env);
      finish(code, text);
    });
    worker.on('exit', (code) => finish(code, code === 0 ? undefined : 'agop: the work ended unexpectedly.'));
  });
}

/** @throws {UnavailableError} where Node's permission model refuses threads */
function startWorker(entry: URL, order: WorkOrder): Worker {
  try {
    return new Worker(entry, { workerData: order });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_ACCESS_DENIED')) throw cause;
    const message =
      "agop works in a thread, which Node's permission model refuses: start Node with --allow-worker.";
    throw new UnavailableError(message, [], { cause });
  }
}

/** What V8 says of a heap that is full, in words that help. */
function named(error: Error): Error {
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new AgopError(
    'OUT_OF_MEMORY',
    'The memory of JavaScript is full. Take a smaller table, or give Node more: NODE_OPTIONS=--max-old-space-size=8000 (in MB).',
    { cause: error },
  );
}

/** Ends the program. A file that is being written is finished first, unless the user insists. */
function interrupt(
  display: Display,
  terminal: Terminal,
  busy: Int32Array,
  code: number,
  kept: () => string,
): void {
  const end = () => {
    display.stop();
    terminal.error(['agop: interrupted.', kept()].join(' ').trim());
    process.exit(code);
  };
  if (Atomics.load(busy, 0) === 0) {
    end();
    return;
  }
  for (const signal of Object.keys(signals)) {
    process.removeAllListeners(signal);
    process.on(signal, end);
  }
  setInterval(() => {
    if (Atomics.load(busy, 0) === 0) end();
  }, 10);
}

/** An argument without the password of an address in it: command lines stand in reports. */
function withoutPassword(argument: string): string {
  return argument.replace(/(\w+:\/\/[^\s:@/]*):[^\s@/]*@/g, '$1:***@');
}

/** An argument as a shell would need it, for the command line printed in reports. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
