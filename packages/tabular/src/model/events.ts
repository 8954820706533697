/** How a fit of many leaves tells how far it is. */
export interface LeafEvents {
  /** Called after each leaf. */
  readonly onLeaf?: (event: LeafEvent) => void;
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
