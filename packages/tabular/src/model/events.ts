/** How a fit of many leaves tells how far it is. */
export interface LeafEvents {
  /** Called after each leaf. */
  readonly onLeaf?: (event: LeafEvent) => void;
  /**
   * Brings a leaf that an earlier, interrupted fit has kept, as bytes; undefined where there is none under
   * that name. Names tell leaves of other data or settings apart, so that one folder does for all.
   */
  readonly readLeaf?: (name: string) => Promise<Uint8Array | undefined>;
  /** Keeps a leaf, so that an interrupted fit can go on. Write it whole or not at all. */
  readonly writeLeaf?: (name: string, bytes: Uint8Array) => Promise<void>;
}

/** What is told after each leaf. */
export interface LeafEvent {
  /** Number of the leaf among those of all trees. */
  readonly leaf: number;
  /** Leaves that are fitted. */
  readonly done: number;
  /** Leaves in all. */
  readonly leaves: number;
  /** Rows that the leaf was fitted on. */
  readonly rows: number;
  /** Seconds since leaves have been fitted. */
  readonly seconds: number;
  /** Estimate of the seconds until all are. */
  readonly secondsLeft: number;
}
