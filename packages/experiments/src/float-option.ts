import { choice } from '@agop/core/options';

/** The dtype of a run. @param defaultWords what holds without it */
export function dtypeOption(defaultWords: string, of = '') {
  return choice(['float32', 'float64'], { description: `{choices}${of}`, defaultWords });
}
