import { columnsOf, cutColumns } from './text.ts';

/** Where a {@link LiveBlock} writes: a terminal, or something like it. */
export interface LiveOutput {
  readonly isTTY?: boolean | undefined;
  /** Size of the terminal now; not known where undefined or 0. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

/** Rows that the block leaves free: the cursor's, and those of a progress line that may wrap. */
const rowsLeft = 3;

/**
 * A block of lines that is redrawn in place on a terminal. Elsewhere nothing is written until `finish`, which
 * writes the last block once.
 *
 * A cursor cannot go back beyond the top of the screen, so only as much is drawn as the terminal has room
 * for: lines are cut at its right edge, and the last ones left out where it is too low.
 */
export class LiveBlock {
  readonly #output: LiveOutput;
  /** Columns of the lines on the screen. */
  #drawn: readonly number[] = [];
  #last: readonly string[] = [];

  constructor(output: LiveOutput) {
    this.#output = output;
  }

  /** Replaces the block by `lines`. */
  update(lines: readonly string[]): void {
    this.#last = lines;
    if (this.#output.isTTY !== true) return;
    const shown = this.#fitting(lines);
    const body = shown.map((line) => `\u001b[2K${line}\n`).join('');
    const gone = Math.max(0, this.#rowsDrawn() - shown.length);
    const rest = gone === 0 ? '' : `${'\u001b[2K\n'.repeat(gone)}\u001b[${gone}A`;
    this.#output.write(this.#toStart() + body + rest);
    this.#drawn = shown.map(columnsOf);
  }

  /** Takes the block away, e.g. before an error is printed. */
  clear(): void {
    if (this.#output.isTTY === true && this.#drawn.length > 0)
      this.#output.write(`${this.#toStart()}\u001b[0J`);
    this.#drawn = [];
    this.#last = [];
  }

  /** Leaves the block standing; later text goes below it. */
  finish(): void {
    if (this.#output.isTTY !== true && this.#last.length > 0)
      this.#output.write(`${this.#last.join('\n')}\n`);
    this.#drawn = [];
    this.#last = [];
  }

  /** What the terminal has room for. */
  #fitting(lines: readonly string[]): string[] {
    const { columns, rows } = this.#output;
    const most = rows ? Math.max(0, rows - rowsLeft) : lines.length;
    const shown = lines.length > most ? [...lines.slice(0, Math.max(0, most - 1))] : [...lines];
    const hidden = lines.length - shown.length;
    if (most === 1 && lines.length > 1) shown.push(lines[0] as string);
    else if (hidden > 0 && most > 0) shown.push(`… ${hidden} more lines in a higher terminal`);
    return columns ? shown.map((line) => cutColumns(line, columns)) : shown;
  }

  /** Rows that the block takes: more than it has lines if the terminal has become narrower since. */
  #rowsDrawn(): number {
    const { columns } = this.#output;
    if (!columns) return this.#drawn.length;
    return this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
  }

  #toStart(): string {
    const rows = this.#rowsDrawn();
    return rows === 0 ? '' : `\u001b[${rows}A\r`;
  }
}
