import { ValueError } from '@agop/core';
import {
  type Label,
  type LabelEncoder,
  type LabelledRows,
  type LabelledSplit,
  splitLabelled,
} from '@agop/estimators';
import type { DeepFitOptions } from './options.ts';

/**
 * Takes the validation data as given, or holds rows out: rows that are only measured.
 *
 * @throws {ValueError} {ShapeError} {UnknownLabelError} {OptionError} for validation data that cannot be used
 */
export async function splitRows<L extends Label>(
  rows: LabelledRows,
  labels: LabelEncoder<L>,
  validation: DeepFitOptions<L>['validation'],
  seed: number,
): Promise<LabelledSplit> {
  const split = await splitLabelled(rows, labels, validation, seed);
  // Collapse is measured on the held-out rows too, which takes two classes.
  if (split.held?.y.every((index, _, all) => index === all[0])) {
    throw new ValueError(
      'The validation rows are all of one class, so that collapse cannot be measured on them. Give more of them, or none.',
    );
  }
  return split;
}
