import type * as z from 'zod/mini';

/** Where parts of a run are kept as they are done, so that an interrupted run goes on after them. */
export interface PartStore {
  /** What was kept under a name; undefined where there is nothing. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes, whole or not at all. Where that fails, the run goes on. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** A part of a run. */
export interface RunPart<T> {
  /** Tells it from all others of the run: which training, with which seed. */
  readonly name: string;
  /** What it is made of. */
  readonly kind: z.ZodMiniType<T>;
  /** How much of the run it is, beside others. Default 1. */
  readonly work?: number;
  /** Whether it is made even where it was kept. Default false. */
  readonly anew?: boolean;
}

/** How far a run is. */
export interface Progress {
  /** Share of all that is done. */
  readonly fraction: number;
  /** Undefined before anything is known of it. */
  readonly secondsLeft: number | undefined;
}

/**
 * The parts of a run, one after the other: what was kept of an interrupted run is taken from there, the rest
 * is made and kept.
 */
export class RunParts {
  readonly #store: PartStore | undefined;
  readonly #work: number;
  readonly #started = performance.now();
  #done = 0;
  #found = 0;
  #current = 0;
  #secondsBefore = 0;

  /** @param work of all parts together */
  constructor(store: PartStore | undefined, work: number) {
    this.#store = store;
    this.#work = work;
  }

  /** The part, found or made. What is found but of another kind, a file of another program say, is made. */
  async take<T>({ name, kind, work = 1, anew = false }: RunPart<T>, make: () => Promise<T>): Promise<T> {
    this.#current = work;
    const file = `${name}.json`;
    const found = anew ? undefined : decode(await this.#store?.read(file));
    const part = kind.safeParse(found?.part);
    if (found && part.success) {
      this.#found += work;
      this.#secondsBefore += found.seconds;
      this.#end(work);
      return part.data;
    }
    const began = performance.now();
    const made = await make();
    const seconds = (performance.now() - began) / 1000;
    await this.#store?.write(file, new TextEncoder().encode(JSON.stringify({ seconds, part: made })));
    this.#end(work);
    return made;
  }

  /** How far the run is. @param share of the current part that is done */
  progress(share = 0): Progress {
    const done = this.#done + share * this.#current;
    const here = done - this.#found;
    const seconds = (performance.now() - this.#started) / 1000;
    return {
      fraction: done / this.#work,
      secondsLeft: here > 0 ? (seconds / here) * (this.#work - done) : undefined,
    };
  }

  /** How long the run has taken, with what was found. */
  get seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#started) / 1000;
  }

  #end(work: number): void {
    this.#done += work;
    this.#current = 0;
  }
}

/** What a store has of a part; undefined for anything else, a file that was cut off say. */
function decode(
  bytes: Uint8Array | undefined,
): { readonly seconds: number; readonly part: unknown } | undefined {
  const value = bytes && parsed(new TextDecoder().decode(bytes));
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('seconds' in value && 'part' in value && typeof value.seconds === 'number')) return undefined;
  return { seconds: value.seconds, part: value.part };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
