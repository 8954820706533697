import { kindOf, type Samples } from './samples.ts';

/** Answers of a model: one or several for each row. */
export type Answers = readonly unknown[] | Float64Array | Float32Array;

/** Rows that wait for their answers, and what has come of them. */
export class Request {
  readonly x: Samples;
  readonly method: string;
  /** Requests of one kind can be in one product. */
  readonly kind: string;
  readonly answered: Promise<Answers>;
  /** Rows that are in a product, or have been. */
  taken = 0;
  #resolve: (answers: Answers) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  readonly #pieces: { readonly begin: number; readonly answers: Answers }[] = [];
  #done = 0;
  #isOver = false;

  constructor(x: Samples, method: string) {
    this.x = x;
    this.method = method;
    this.kind = `${method} ${kindOf(x)}`;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether it waits for nothing any more: answered, failed, or given up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Rows that are in no product yet. */
  get waiting(): number {
    return this.#isOver ? 0 : this.x.rows - this.taken;
  }

  /** Takes answers for rows from `begin` on; with the last of them the request is answered. */
  answer(begin: number, rows: number, answers: Answers): void {
    this.#pieces.push({ begin, answers });
    this.#done += rows;
    if (this.#done < this.x.rows || this.#isOver) return;
    this.finish(join(this.#pieces.toSorted((a, b) => a.begin - b.begin).map((piece) => piece.answers)));
  }

  /** Takes all answers at once. */
  finish(answers: Answers): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#resolve(answers);
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reject(error);
  }
}

/** Rows of a request that are in one product. */
export interface Piece {
  readonly request: Request;
  readonly begin: number;
  readonly rows: number;
}

function join(pieces: readonly Answers[]): Answers {
  const [first = []] = pieces;
  if (pieces.length === 1) return first;
  if (!ArrayBuffer.isView(first)) return pieces.flatMap((piece) => Array.from<unknown>(piece));
  const all = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece as ArrayLike<number>, at);
    at += piece.length;
  }
  return all;
}
