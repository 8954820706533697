import { signal } from '@preact/signals';

/** Most frames that go by in a second: what comes faster waits its turn, so that it can be followed. */
const framesPerSecond = 7;

/**
 * Pictures that come one after another, shown as a film: while more come it plays on, and between two of them
 * it is drawn at each refresh of the screen.
 */
export class Film<F> {
  readonly frames = signal<readonly F[]>([]);
  /** Number of the frame that is shown; fractions are between two. */
  readonly position = signal(0);
  #request: number | undefined;
  #time = 0;
  #draw: ((from: F, to: F, part: number) => void) | undefined;

  /** Begins with nothing. */
  clear(): void {
    this.frames.value = [];
    this.position.value = 0;
  }

  add(frame: F): void {
    this.frames.value = [...this.frames.value, frame];
    this.play();
  }

  /** Shows a frame, and stays there. */
  seek(position: number): void {
    this.#rest();
    this.position.value = Math.max(0, Math.min(position, this.frames.value.length - 1));
    this.redraw();
  }

  /** Plays from the beginning. */
  replay(): void {
    this.position.value = 0;
    this.play();
  }

  play(): void {
    if (this.#request !== undefined) return;
    this.#time = performance.now();
    this.#request = requestAnimationFrame((time) => this.#turn(time));
  }

  /** Draws by a function, from now on. @returns ends it */
  drawBy(draw: (from: F, to: F, part: number) => void): () => void {
    this.#draw = draw;
    this.redraw();
    return () => {
      this.#draw = undefined;
      this.#rest();
    };
  }

  /** Draws what is shown once more, as after a change of colors. */
  redraw(): void {
    const frames = this.frames.peek();
    const position = this.position.peek();
    const from = frames[Math.floor(position)];
    if (from === undefined) return;
    this.#draw?.(from, frames[Math.floor(position) + 1] ?? from, position % 1);
  }

  #turn(time: number): void {
    const passed = Math.max(0, Math.min(0.1, (time - this.#time) / 1000));
    this.#time = time;
    const last = Math.max(0, this.frames.peek().length - 1);
    this.position.value = Math.min(last, this.position.peek() + passed * framesPerSecond);
    this.redraw();
    this.#request =
      this.position.peek() < last ? requestAnimationFrame((next) => this.#turn(next)) : undefined;
  }

  #rest(): void {
    if (this.#request !== undefined) cancelAnimationFrame(this.#request);
    this.#request = undefined;
  }
}
