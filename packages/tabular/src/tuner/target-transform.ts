/**
 * What the targets of a regression are fitted as: themselves; the logarithm of their distance from a floor
 * below all of them; or their signed square root, for tails on both sides.
 */
export type TargetTransform = 'none' | 'log' | 'signed root';

/** A transform that suits some targets. Plain data. */
export interface FittedTransform {
  readonly kind: TargetTransform;
  /** `log`: log(y - floor + unit); `signed root`: of (y - floor) / unit, where floor is the median. */
  readonly floor: number;
  readonly unit: number;
}

/**
 * The transform with the floor and unit that suit the values: `log` counts from the smallest one, in units of
 * their mean distance from it; `signed root` from the median, in units of the mean distance.
 */
export function fitTransform(kind: TargetTransform, values: ArrayLike<number>): FittedTransform {
  const sorted = Float64Array.from(values).sort();
  const floor = (kind === 'log' ? sorted[0] : sorted[sorted.length >> 1]) as number;
  let unit = 0;
  for (const value of sorted) unit += Math.abs(value - floor) / sorted.length;
  return { kind, floor, unit: unit || 1 };
}

/** Values as they are fitted. */
export function applyTransform({ kind, floor, unit }: FittedTransform, value: number): number {
  switch (kind) {
    case 'none':
      return value;
    case 'log':
      return Math.log(Math.max((value - floor) / unit, -0.9) + 1);
    case 'signed root': {
      const distance = (value - floor) / unit;
      return Math.sign(distance) * (Math.sqrt(1 + Math.abs(distance)) - 1);
    }
  }
}

/** Values in their own units again. */
export function revertTransform({ kind, floor, unit }: FittedTransform, value: number): number {
  switch (kind) {
    case 'none':
      return value;
    case 'log':
      return floor + unit * (Math.exp(Math.min(value, 700)) - 1);
    case 'signed root':
      return floor + unit * Math.sign(value) * ((1 + Math.abs(value)) ** 2 - 1);
  }
}

/** The derivative of {@link revertTransform}. */
export function slopeOfReverted({ kind, unit }: FittedTransform, value: number): number {
  if (kind === 'log') return value < 700 ? unit * Math.exp(value) : 0;
  return kind === 'none' ? 1 : 2 * unit * (1 + Math.abs(value));
}

/** How lopsided values are: the third standardised moment. */
export function skewness(values: ArrayLike<number>): number {
  const all = Float64Array.from(values);
  const mean = all.reduce((sum, value) => sum + value / all.length, 0);
  const moment = (power: number): number =>
    all.reduce((sum, value) => sum + (value - mean) ** power / all.length, 0);
  const spread = moment(2);
  return spread > 0 ? moment(3) / spread ** 1.5 : 0;
}
