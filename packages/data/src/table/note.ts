import type { Wording } from '@agop/core';

/** A guess that was made about a table, which people should know of, and what changes it. */
export interface TableNote {
  /** What kind of guess, for programs, for example `decimal-comma`. */
  readonly code: string;
  /** The column it is about. */
  readonly column?: string;
  /** A sentence for people; `say` of `@agop/core` makes text of it. */
  readonly message: Wording;
  /** The option that changes the guess. */
  readonly option?: string;
}
