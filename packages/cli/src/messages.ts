import type { RawOptions } from './options.ts';

/** What the main thread tells the thread that does the work. */
export interface WorkOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: RawOptions;
  readonly commandLine: string;
  readonly columns: number;
  readonly color: boolean;
  readonly watched: boolean;
  /** One number in shared memory: not 0 while an interruption has to wait. */
  readonly busy: SharedArrayBuffer;
}

/** What the thread that does the work tells the main thread. */
export type WorkMessage =
  /** Lines for people. */
  | { readonly kind: 'out'; readonly text: string }
  /** Text for programs. */
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'note'; readonly line: string }
  | { readonly kind: 'progress'; readonly text: string; readonly secondsLeft: number | undefined }
  | { readonly kind: 'live'; readonly lines: readonly string[] }
  /** What is said of an interruption that ends the program: what is kept, and how to go on. */
  | { readonly kind: 'kept'; readonly words: string }
  /** An interruption is awaited: it is answered by any message, and `words` are said. */
  | { readonly kind: 'interruptible'; readonly words: string }
  | { readonly kind: 'done'; readonly failure: { readonly text: string; readonly code: number } | undefined };
