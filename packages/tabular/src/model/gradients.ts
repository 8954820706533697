import { Scope, throwIfAborted } from '@agop/core';
import { checkFeatures, type Rows, takeRows } from '@agop/estimators';
import { uploadSamples } from '@agop/rfm';
import type { LoadedLeaf } from '../leaf/machines.ts';
import { Router } from '../tree/routing.ts';
import type { FittedTabular } from './fitted.ts';

/** Outputs and their gradients at some rows. */
export interface OutputsWithGradients {
  /** [n, outputs], row-major. */
  readonly outputs: Float64Array;
  /** [n, outputs, d], row-major. */
  readonly gradients: Float64Array;
}

/**
 * Gradients of the outputs of a model with respect to the features, through its routing: where leaves answer
 * together with weights w_l = p_l / Σ p_m over those that are kept,
 *
 *   ∇f = Σ_l w_l (∇f_l + f_l ∇log p_l) - f Σ_l w_l ∇log p_l.
 *
 * With hard routing those of the leaf that answers; its borders, where f jumps, are not in them. By columns
 * of codes they are 0.
 *
 * @param rows [n, d]
 * @throws {ShapeError} for other columns than those of the fit
 * @throws {ValueError} for features whose squares leave the range of the dtype
 * @throws {AbortedError} through `signal`
 */
export async function gradientsOf(
  fitted: FittedTabular,
  rows: Rows,
  signal?: AbortSignal,
): Promise<OutputsWithGradients> {
  checkFeatures(rows, fitted.features);
  const { outputs: c, features: d, trees, routing, machines } = fitted;
  const n = rows.rows;
  const sums = { outputs: new Float64Array(n * c), gradients: new Float64Array(n * c * d) };
  for (const root of trees) {
    const router = new Router(root);
    const own = new Float64Array(n * c);
    const slopes = new Float64Array(n * d);
    for (const [leaf, { rows: chosen, weights }] of router.route(rows, 0, n, routing).byLeaf) {
      throwIfAborted(signal, 'The gradients');
      const { answers, gradients } = await leafGradients(
        fitted,
        await machines.get(leaf),
        takeRows(rows, chosen),
      );
      chosen.forEach((row, i) => {
        const weight = weights[i] as number;
        const logSlope =
          routing.temperature > 0 ? router.logSlope(rows, row, leaf, routing.temperature) : undefined;
        for (let o = 0; o < c; o++) {
          const answer = answers[i * c + o] as number;
          add(own, row * c + o, weight * answer);
          for (let k = 0; k < d; k++) {
            const slope = (gradients[(i * c + o) * d + k] as number) + answer * (logSlope?.[k] ?? 0);
            add(sums.gradients, (row * c + o) * d + k, (weight * slope) / trees.length);
          }
        }
        for (let k = 0; logSlope && k < d; k++) add(slopes, row * d + k, weight * (logSlope[k] as number));
      });
    }
    for (let at = 0; at < n * c; at++) {
      const [row, answer] = [Math.floor(at / c), own[at] as number];
      add(sums.outputs, at, answer / trees.length);
      for (let k = 0; k < d; k++) {
        add(sums.gradients, at * d + k, (-answer * (slopes[row * d + k] as number)) / trees.length);
      }
    }
  }
  return sums;
}

function add(to: Float64Array, at: number, value: number): void {
  to[at] = (to[at] as number) + value;
}

async function leafGradients(
  { backend }: FittedTabular,
  { fitted, columns, lookup }: LoadedLeaf,
  rows: Rows,
): Promise<{ readonly answers: ArrayLike<number>; readonly gradients: ArrayLike<number> }> {
  using scope = new Scope(backend);
  const x = scope.own(uploadSamples(fitted, columns.expand(rows)));
  const gradients = scope.own(fitted.machine.gradients(x));
  // As predictions have them, to the last digit.
  const answers = (await lookup?.predict(rows)) ?? (await scope.own(fitted.machine.predict(x)).read());
  return { answers, gradients: columns.slopes(await gradients.read()) };
}
