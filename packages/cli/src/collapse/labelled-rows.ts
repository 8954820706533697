import type { Label } from '@agop/data';
import type { ShapedArray } from '@agop/estimators';

/** Rows and their classes. */
export interface LabelledRows {
  readonly x: ShapedArray;
  readonly y: readonly Label[];
}

/** What the network is built on and measured on. */
export interface CollapseData {
  /** For people: mnist, digits, the name of a file. */
  readonly name: string;
  readonly training: LabelledRows;
  readonly held: LabelledRows;
  /** What a saved model needs to make rows of other data. */
  readonly attachments: Readonly<Record<string, string>>;
  /** What people should know of the data. */
  readonly remark?: string;
}
