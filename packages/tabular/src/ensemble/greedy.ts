import { ShapeError, ValueError } from '@agop/core';
import { checkNumber, checkObject, checkObjects, checkSteps, checkWhole } from '@agop/core/options';

/** One of the fits that may be averaged, with its predictions for held-out rows. */
export interface AveragedFit {
  readonly predictions: Float32Array<ArrayBuffer>;
  /** Of its predictions alone. */
  readonly loss: number;
}

/** How the average is chosen. */
export interface GreedyOptions {
  /** Most different fits in the average. */
  readonly members: number;
  /** Most picks: a fit that is picked k times has k shares. Default 12. */
  readonly picks?: number;
}

/** An average of fits. */
export interface Average {
  /** Places of the fits in the list, with the share of each; the shares sum to 1. */
  readonly shares: ReadonlyMap<number, number>;
  readonly loss: number;
  readonly predictions: Float32Array<ArrayBuffer>;
}

/**
 * Averages fits greedily: begins with the best one, and adds again and again the one whose predictions make
 * the average of those picked so far the best, as long as it gets better. Fits may be picked more than once.
 *
 * Source: Caruana, Niculescu-Mizil, Crew, Ksikes, "Ensemble Selection from Libraries of Models", ICML 2004.
 *
 * @param fits one or more, the best one first
 * @param loss of predictions; smaller is better
 * @throws {ValueError} where there is no fit
 * @throws {ShapeError} for fits that do not have as many predictions as each other
 * @throws {OptionError} for an option out of range
 */
export function greedyAverage(
  fits: readonly AveragedFit[],
  loss: (predictions: Float32Array<ArrayBuffer>) => number,
  options: GreedyOptions,
): Average {
  const { members, picks = 12 } = checkObject('greedyAverage()', options);
  checkWhole('members', members, 1);
  checkSteps('picks', picks, 1);
  for (const fit of checkObjects('fits', fits, 'fits')) {
    if (
      !(fit.predictions instanceof Float32Array) ||
      fit.predictions.length !== fits[0]?.predictions.length
    ) {
      throw new ShapeError('Fits to average must have as many predictions as each other, in float32.');
    }
    checkNumber('loss', fit.loss);
  }
  const [first] = fits;
  if (!first) throw new ValueError('There is no fit to average.');
  let predictions = first.predictions;
  let best = first.loss;
  const counts = new Map([[0, 1]]);
  for (let picked = 1; picked < picks; picked++) {
    let found: { readonly at: number; readonly predictions: Float32Array<ArrayBuffer> } | undefined;
    for (const [at, fit] of fits.entries()) {
      if (counts.size >= members && !counts.has(at)) continue;
      const mean = predictions.map(
        (value, i) => value + ((fit.predictions[i] as number) - value) / (picked + 1),
      );
      const value = loss(mean);
      if (value < best) {
        best = value;
        found = { at, predictions: mean };
      }
    }
    if (!found) break;
    predictions = found.predictions;
    counts.set(found.at, (counts.get(found.at) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shares = new Map([...counts].map(([at, count]) => [at, count / total]));
  return { shares, loss: best, predictions };
}
