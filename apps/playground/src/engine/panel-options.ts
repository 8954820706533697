import type { PageEngine } from './page-engine.ts';

/** What a panel that runs an experiment is told. */
export interface PanelOptions {
  /** Default: the one that all panels of the page share. */
  readonly engine?: PageEngine;
  /** Whether the report of a run stands below. Default true. */
  readonly report?: boolean;
}
