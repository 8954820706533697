// A contender is a process that does a piece of work when asked and says how long it took: one JSON object
// per line each way. All contenders are processes of one parent, which asks them in turn, so that drifts of
// the machine hit all alike.

/** Precision of a piece of work. */
export type Precision = 'float32' | 'float64';

/** A piece of work, with its sizes. */
export interface Work {
  readonly work: string;
  readonly dtype: Precision;
  readonly size: Readonly<Record<string, number>>;
}

/** What a contender answers. */
export type Answer =
  | {
      readonly seconds: number;
      /** Processor seconds of all threads. */
      readonly cpuSeconds: number;
      readonly peakBytes?: number;
    }
  /** Why it cannot do this work. */
  | { readonly cannot: string };

/** What a contender says when it is ready. */
export interface Greeting {
  readonly ready: string;
}
