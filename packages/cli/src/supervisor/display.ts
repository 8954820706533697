import { LiveBlock } from '@agop/report/terminal';
import type { Ora } from 'ora';
import { describeTime } from '../output/describe-time.ts';

/** How often the time left is counted down, in milliseconds. */
const tick = 500;

/**
 * What is seen on standard error while the work runs: on a terminal a progress line that counts down, and a
 * block of lines that is redrawn; elsewhere plain lines.
 */
export class Display {
  readonly #stream: NodeJS.WriteStream;
  readonly #write: (text: string) => void;
  readonly #block: LiveBlock;
  #spinner: Ora | undefined;
  #isStarting = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #text = '';
  #deadline: number | undefined;

  /** @param write writes text where nothing can be redrawn */
  constructor(stream: NodeJS.WriteStream, write: (text: string) => void) {
    this.#stream = stream;
    this.#write = write;
    this.#block = new LiveBlock(stream);
  }

  progress(text: string, secondsLeft: number | undefined): void {
    if (!canRedraw(this.#stream)) {
      this.#write(progressLine(text, secondsLeft));
      return;
    }
    this.#text = text;
    this.#deadline = secondsLeft === undefined ? undefined : performance.now() + 1000 * secondsLeft;
    if (this.#spinner === undefined) void this.#start();
    else if (this.#spinner.isSpinning) this.#redraw();
    else this.#spinner.start(this.#line());
  }

  live(lines: readonly string[]): void {
    this.#spinner?.clear();
    this.#block.update(lines);
    if (this.#spinner?.isSpinning === true) this.#spinner.render();
  }

  /** Writes a remark, with the progress line out of the way. */
  remark(write: () => void): void {
    this.#spinner?.clear();
    this.#block.finish();
    write();
    if (this.#spinner?.isSpinning === true) this.#spinner.render();
  }

  /** Writes a result: what has been shown as going on until now is over. */
  result(write: () => void): void {
    this.#spinner?.stop();
    this.#block.finish();
    write();
  }

  /** Takes the progress line away. The block stays. */
  stop(): void {
    this.#isStopped = true; // A spinner that is still being loaded must not appear later.
    clearInterval(this.#timer);
    this.#spinner?.stop();
    this.#spinner = undefined;
    this.#block.finish();
  }

  async #start(): Promise<void> {
    if (this.#isStarting) return;
    this.#isStarting = true;
    const { default: ora } = await import('ora');
    if (this.#isStopped) return;
    // Ctrl-C is ours: ora must neither take over standard input nor install signal handlers for the cursor.
    this.#spinner = ora({
      stream: this.#stream,
      discardStdin: false,
      hideCursor: false,
      text: this.#line(),
    }).start();
    this.#timer = setInterval(() => this.#redraw(), tick);
    this.#timer.unref();
  }

  #redraw(): void {
    if (this.#spinner?.isSpinning === true) this.#spinner.text = this.#line();
  }

  #line(): string {
    if (this.#deadline === undefined) return this.#text;
    const left = Math.max(0, this.#deadline - performance.now()) / 1000;
    return `${this.#text} · ${left < 0.5 ? 'finishing' : `${describeTime(left)} left`}`;
  }
}

/** Progress where nothing can be redrawn. */
export function progressLine(text: string, secondsLeft: number | undefined): string {
  return `${text}${secondsLeft === undefined ? '' : `, ${describeTime(secondsLeft)} left`}`;
}

/** Whether a stream is a terminal of known size; ora would clear lines for ever in one of no columns. */
export function canRedraw(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.columns > 0;
}
