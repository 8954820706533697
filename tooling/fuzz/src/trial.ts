import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Order } from './messages.ts';
import { killWithChildren } from './process-group.ts';
import { isOverdue, processorSeconds, residentMegabytes } from './process-usage.ts';
import type { Target } from './target.ts';
import type { Verdict } from './verdict.ts';

const program = fileURLToPath(new URL('./trial-process.ts', import.meta.url));
/** How often the memory of a process that takes long is looked at. */
const everyMilliseconds = 50;

/**
 * Tries inputs in a process of its own, which is ended and started anew where an input takes too long or too
 * much memory, or ends it.
 */
export class Trial {
  #child: ChildProcess | undefined;
  #last = 0;
  /** Settled when the inputs that were handed in are through. */
  #turn: Promise<void> = Promise.resolve();
  /** The end of what a process has written to standard error. */
  #written = '';

  /** Of the process, where there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the process, which takes a while; otherwise the first input does. */
  async start(): Promise<void> {
    await this.#turn;
    if (this.#child === undefined) await this.#start();
  }

  /** What becomes of an input. */
  async run(target: Target, input: unknown): Promise<Verdict> {
    const answer = await this.#ask({ target: target.name, input, task: 'try' }, target);
    if ('passed' in answer) return answer;
    return answer.verdict ?? { passed: false, fault: 'crash', message: 'There was no verdict.', stack: '' };
  }

  /** The input in a form that stays the same, see {@link Target.fixed}. */
  async fixed(target: Target, input: unknown): Promise<unknown> {
    const answer = await this.#ask({ target: target.name, input, task: 'fix' }, target);
    return 'passed' in answer ? input : answer.fixed;
  }

  /** Ends the process, if there is one. */
  close(): void {
    this.#child?.removeAllListeners();
    if (this.#child?.pid !== undefined) killWithChildren(this.#child.pid);
    this.#child = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** One input at a time: a search that is over may leave its last one running. */
  async #ask(order: Omit<Order, 'id'>, target: Target): Promise<Answer | Verdict> {
    const before = this.#turn;
    const own = Promise.withResolvers<void>();
    this.#turn = own.promise;
    await before;
    try {
      return await this.#askNow(order, target);
    } finally {
      own.resolve();
    }
  }

  async #askNow(
    order: Omit<Order, 'id'>,
    { seconds = 20, megabytes = 1500 }: Target,
  ): Promise<Answer | Verdict> {
    const child = this.#child ?? (await this.#start());
    const id = ++this.#last;
    return new Promise((resolve) => {
      const started = performance.now();
      const begun = processorSeconds(child.pid);
      const end = (result: Answer | Verdict, kill: boolean): void => {
        clearInterval(watch);
        child.off('message', onMessage);
        child.off('exit', onExit);
        if (kill) this.close();
        resolve(result);
      };
      const failed = (fault: 'hang' | 'memory' | 'crash', message: string): void =>
        end({ passed: false, fault, message, stack: '' }, true);
      const onMessage = (answer: Answer): void => {
        if (answer.id === id) end(answer, false);
      };
      const onExit = (code: number | null, signal: string | null): void => {
        const isFull = /heap out of memory|ERR_WORKER_OUT_OF_MEMORY/.test(this.#written);
        const how = signal ?? `exit code ${code}`;
        failed(isFull ? 'memory' : 'crash', `The process ended: ${how}. ${this.#written.slice(-500)}`);
      };
      const watch = setInterval(() => {
        const waited = (performance.now() - started) / 1000;
        if (isOverdue(child.pid, begun, waited, seconds)) failed('hang', `It takes more than ${seconds} s.`);
        else if (residentMegabytes(child.pid) > megabytes)
          failed('memory', `It takes more than ${megabytes} MiB.`);
      }, everyMilliseconds);
      child.on('message', onMessage);
      child.once('exit', onExit);
      child.send({ ...order, id });
    });
  }

  #start(): Promise<ChildProcess> {
    const child = fork(program, {
      execArgv: ['--conditions=@agop/source', '--experimental-wasm-revectorize', '--max-old-space-size=1000'],
      serialization: 'advanced',
      // A group of its own, which ends as a whole; the last pipe tells it that this process has gone.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
    });
    this.#child = child;
    this.#written = '';
    child.stderr?.on('data', (text) => {
      this.#written = (this.#written + text).slice(-4000);
    });
    return new Promise((resolve, reject) => {
      child.once('message', () => {
        child.off('exit', fail);
        resolve(child);
      });
      const fail = (): void =>
        reject(new Error(`The process that tries inputs does not start. ${this.#written}`));
      child.once('exit', fail);
    });
  }
}
