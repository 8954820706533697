import type { CollapseDrop } from '../collapse/drop.ts';
import type { CollapseMetrics } from '../collapse/metrics.ts';

/** Collapse along one layer. */
export interface StageMetrics {
  /** Of X, the normalised rows that came in. */
  readonly input: CollapseMetrics;
  /** Of X M^(1/2). */
  readonly projected: CollapseMetrics;
  /** Of Φ(X M^(1/2)). */
  readonly features: CollapseMetrics;
}

/** One layer measured on some rows. */
export interface LayerMeasures extends StageMetrics {
  /** How the drop of NC1 (its `ratio`) divides between projection and feature map; null where NC1 is 0 already. */
  readonly drop: CollapseDrop | null;
  /**
   * NC4: part of the rows for which the kernel machine on the layer's features decides like the nearest class mean of those features. (NC3 compares class
   * means with a classifier's weights; a kernel machine has none in the space of its features.)
   */
  readonly nc4: number;
  /** Part of the rows that the kernel machine on the layer's features gets right. */
  readonly accuracy: number;
}

/** What is known of a layer after the fit. Plain data, fit for JSON. */
export interface LayerRecord {
  /** From 1. */
  readonly layer: number;
  /** Number of features that it makes. */
  readonly width: number;
  readonly train: LayerMeasures;
  /** Null without validation data. Class means are those of these rows themselves. */
  readonly heldOut: LayerMeasures | null;
  /** Seconds that the layer took. */
  readonly seconds: number;
}

/** Accuracies of the kernel machine on the data as it is. */
export interface InputRecord {
  readonly train: number;
  /** Null without validation data. */
  readonly heldOut: number | null;
}
