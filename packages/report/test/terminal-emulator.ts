/**
 * As much of a terminal as a redrawn block needs: wrapping, scrolling, and the escape sequences that move and
 * erase.
 */
export class Terminal {
  readonly isTTY = true;
  /** Lines that have left the screen at the top. */
  readonly scrolledOff: string[] = [];
  columns: number;
  rows: number;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** What is on the screen, without blanks at the right. */
  get screen(): string[] {
    return Array.from({ length: this.rows }, (_, i) => (this.#lines[i] ?? '').trimEnd());
  }

  /** A narrower terminal wraps what is on the screen. */
  resize(columns: number, rows: number): void {
    const wrap = (line: string): string[] =>
      Array.from({ length: Math.max(1, Math.ceil(line.length / columns)) }, (_, i) =>
        line.slice(i * columns, (i + 1) * columns),
      );
    const above = this.#lines.slice(0, this.#row).flatMap(wrap);
    this.#lines = [...above, ...this.#lines.slice(this.#row).flatMap(wrap)];
    this.#row = above.length;
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    const [plain = '', ...sequences] = text.split('\u001b[');
    this.#print(plain);
    for (const sequence of sequences) {
      const end = sequence.search(/[A-Za-z]/);
      this.#control(sequence.charAt(end), Number(sequence.slice(0, end).split(';')[0] || 1));
      this.#print(sequence.slice(end + 1));
    }
  }

  #control(letter: string, count: number): void {
    if (letter === 'A') this.#row = Math.max(0, this.#row - count);
    if (letter === 'K') this.#lines[this.#row] = '';
    if (letter === 'J') this.#lines.splice(this.#row);
    if (letter === 'G') this.#column = count - 1;
  }

  #print(text: string): void {
    for (const character of text) {
      if (character === '\r') this.#column = 0;
      else if (character === '\n') this.#lineFeed();
      else {
        if (this.#column >= this.columns) this.#lineFeed();
        const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
        this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
        this.#column += 1;
      }
    }
  }

  #lineFeed(): void {
    this.#column = 0;
    this.#row += 1;
    if (this.#row < this.rows) return;
    this.scrolledOff.push(this.#lines.shift() ?? '');
    this.#row -= 1;
  }
}
