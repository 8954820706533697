import { throwIfAborted } from '@agop/core';
import { checkFeatures, type Rows, takeRows } from '@agop/estimators';
import { Router } from '../tree/routing.ts';
import type { FittedTabular } from './fitted.ts';

/** Rows that are routed and answered at a time: what is held of them besides the answers. */
const blockRows = 2 ** 17;

/**
 * Outputs of a model for rows, [n, outputs], row-major: those of the leaves that answer, times their weights,
 * averaged over the trees.
 *
 * Rows are routed in blocks, and answered leaf by leaf, so that besides rows and outputs only a block and a
 * leaf are held.
 *
 * @throws {ShapeError} for other columns than those of the fit
 * @throws {AbortedError} through `signal`
 */
export async function predictRows(
  fitted: Pick<FittedTabular, 'features' | 'outputs' | 'trees' | 'routing' | 'machines'>,
  rows: Rows,
  signal?: AbortSignal,
): Promise<Float64Array> {
  checkFeatures(rows, fitted.features);
  const { outputs, trees, routing, machines } = fitted;
  const sums = new Float64Array(rows.rows * outputs);
  for (const root of trees) {
    const router = new Router(root);
    for (let begin = 0; begin < rows.rows; begin += blockRows) {
      const end = Math.min(begin + blockRows, rows.rows);
      for (const [leaf, { rows: own, weights }] of router.route(rows, begin, end, routing).byLeaf) {
        throwIfAborted(signal, 'The prediction');
        const answers = await machines.predict(leaf, takeRows(rows, own));
        own.forEach((row, i) => {
          const share = (weights[i] as number) / trees.length;
          for (let o = 0; o < outputs; o++) {
            sums[row * outputs + o] =
              (sums[row * outputs + o] as number) + share * (answers[i * outputs + o] as number);
          }
        });
      }
    }
  }
  return sums;
}
