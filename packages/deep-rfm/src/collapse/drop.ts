import { OptionError, shownValue } from '@agop/core';
import { checkObject } from '@agop/core/options';

/**
 * What each part of a layer does to NC1, in decades: log10 of the factor by which it falls. Negative where it
 * rises.
 */
export interface CollapseDrop {
  /** log10 of NC1 of the input over NC1 after the projection with M^(1/2). */
  readonly projection: number;
  /** log10 of NC1 after the projection over NC1 after the feature map Φ. */
  readonly map: number;
  /** The sum of both. */
  readonly total: number;
  /**
   * Part of the whole drop that the projection accounts for; above 1 where Φ undoes some of it. Null where
   * NC1 does not fall.
   */
  readonly projectionShare: number | null;
}

/** NC1 (either form of it) along one layer. */
export interface LayerVariability {
  readonly input: number;
  readonly projected: number;
  readonly features: number;
}

/**
 * How the drop of NC1 in a layer divides between the projection with M^(1/2) and the feature map. On a
 * logarithmic scale, because NC1 falls by factors: so the drops of several layers add up.
 *
 * @throws {OptionError} for a value that is not positive: a perfect collapse leaves nothing to divide
 */
export function collapseDrop(variability: LayerVariability): CollapseDrop {
  const { input, projected, features } = checkObject('collapseDrop()', variability);
  for (const [name, value] of Object.entries({ input, projected, features })) {
    if (!(typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY)) {
      const received = shownValue(value);
      throw new OptionError(
        name,
        `NC1 must be positive to take its logarithm, but \`${name}\` is ${received}.`,
      );
    }
  }
  const projection = Math.log10(input / projected);
  const map = Math.log10(projected / features);
  const total = projection + map;
  return { projection, map, total, projectionShare: total > 0 ? projection / total : null };
}

/** The sum of the drops of several layers. */
export function totalDrop(drops: readonly CollapseDrop[]): CollapseDrop {
  const projection = drops.reduce((sum, drop) => sum + drop.projection, 0);
  const map = drops.reduce((sum, drop) => sum + drop.map, 0);
  const total = projection + map;
  return { projection, map, total, projectionShare: total > 0 ? projection / total : null };
}
