/** Something that goes wrong, and what must hold then. */
export interface Fault {
  readonly group: 'saves' | 'disk' | 'pipes' | 'threads' | 'memory' | 'interruption' | 'clock';
  /** What goes wrong. */
  readonly name: string;
  /** What must hold, for people. */
  readonly holds: string;
  /** Why it cannot be tried on this machine; undefined where it can. */
  readonly missing?: () => string | undefined;
  /**
   * Lets it go wrong.
   *
   * @returns what was seen, in a few words: `40 kills, 21 old, 19 new`
   * @throws anything where something does not hold
   */
  run(place: Place): Promise<string>;
}

/** Where and how often a fault is tried. */
export interface Place {
  /** An empty folder, which is removed afterwards. */
  readonly folder: string;
  /** How often, for faults that hit by chance. */
  readonly rounds: number;
  /** From 0 to 1, the same for the same seed. */
  random(): number;
}

/** @throws {Error} unless it holds */
export function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** Why something needs Linux. */
export function unlessLinux(): string | undefined {
  return process.platform === 'linux' ? undefined : 'needs Linux';
}
