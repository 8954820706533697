import { OptionError } from './errors/index.ts';
import { isTensor } from './scope.ts';

/** A tensor that is handed over as an option. @throws {OptionError} for anything else */
export function checkTensor(option: string, given: unknown): void {
  if (!isTensor(given)) throw new OptionError(option, { requirement: 'be a tensor', received: given });
}
