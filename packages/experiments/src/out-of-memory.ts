import { OutOfMemoryError, reworded, type Wording, wording } from '@agop/core';

/** Rethrows what a run ran into; where memory ran out, with the options that help. @throws always */
export function withAdvice(advice: Wording): (error: unknown) => never {
  return (error) => {
    if (!OutOfMemoryError.isInstance(error)) throw error;
    throw reworded(error, wording`${error.wording} ${advice}`);
  };
}
