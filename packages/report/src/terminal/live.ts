/** Where a {@link LiveBlock} writes: a terminal, or something like it. */
export interface LiveOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/**
 * A block of lines that is redrawn in place on a terminal. Elsewhere nothing is written until `finish`, which writes
 * the last block once.
 */
export class LiveBlock {
  readonly #output: LiveOutput;
  #drawn = 0;
  #last: readonly string[] = [];

  constructor(output: LiveOutput) {
    this.#output = output;
  }

  /** Replaces the block by `lines`, none of which may be wider than the terminal. */
  update(lines: readonly string[]): void {
    this.#last = lines;
    if (this.#output.isTTY !== true) return;
    const body = lines.map((line) => `\u001b[2K${line}\n`).join('');
    const gone = Math.max(0, this.#drawn - lines.length);
    const rest = gone === 0 ? '' : `${'\u001b[2K\n'.repeat(gone)}\u001b[${gone}A`;
    this.#output.write(this.#toStart() + body + rest);
    this.#drawn = lines.length;
  }

  /** Takes the block away, e.g. before an error is printed. */
  clear(): void {
    if (this.#output.isTTY === true && this.#drawn > 0) this.#output.write(`${this.#toStart()}\u001b[0J`);
    this.#drawn = 0;
    this.#last = [];
  }

  /** Leaves the block standing; later text goes below it. */
  finish(): void {
    if (this.#output.isTTY !== true && this.#last.length > 0)
      this.#output.write(`${this.#last.join('\n')}\n`);
    this.#drawn = 0;
    this.#last = [];
  }

  #toStart(): string {
    return this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\r`;
  }
}
