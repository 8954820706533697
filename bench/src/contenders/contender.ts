import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Answer, Greeting, Work } from './protocol.ts';

/** How a contender is started. */
export interface ContenderProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A running contender. */
export class Contender {
  readonly name: string;
  /** What it says about itself: versions, device. */
  readonly about: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(name: string, about: string, child: ChildProcess, lines: AsyncIterator<string>) {
    this.name = name;
    this.about = about;
    this.#process = child;
    this.#lines = lines;
  }

  /** Starts a contender, or says why that is not possible. */
  static async start(program: ContenderProgram): Promise<Contender | string> {
    const { name, command, args } = program;
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...program.env },
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2000);
    });
    const failed = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', () => setImmediate(() => resolve(lastLine(complaint) || 'ended at once')));
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), failed]);
    if (typeof first === 'string') return first;
    if (first.done) return failed;
    const { ready } = JSON.parse(first.value) as Greeting;
    return new Contender(name, ready, child, lines);
  }

  /** Lets it do a piece of work once. */
  async do(work: Work): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(work)}\n`);
    const line = await this.#lines.next();
    if (line.done) return { cannot: 'ended' };
    return JSON.parse(line.value) as Answer;
  }

  stop(): void {
    this.#process.stdin?.end();
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
