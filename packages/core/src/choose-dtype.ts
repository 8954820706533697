import type { Backend } from './backend.ts';
import { checkBackend } from './check-backend.ts';
import type { FloatDType } from './dtype.ts';
import { OptionError, shownValue } from './errors/index.ts';

/**
 * The dtype that a computation runs in.
 *
 * @param wanted the caller's choice
 * @param preferred what is taken without one, where the backend has it; else the backend's own preference
 * @throws {OptionError} for a dtype that the backend does not compute in, and for a backend that is missing
 *   or a promise of one
 */
export function chooseDType(
  backend: Pick<Backend, 'name' | 'dtypes' | 'preferredDType'>,
  wanted: FloatDType | undefined,
  preferred: FloatDType,
): FloatDType {
  checkBackend(backend);
  const dtype = wanted ?? (backend.dtypes.includes(preferred) ? preferred : backend.preferredDType);
  if (!backend.dtypes.includes(dtype)) {
    throw new OptionError(
      'dtype',
      `Backend '${backend.name}' does not compute in ${typeof dtype === 'string' ? dtype : shownValue(dtype)}, only in ${backend.dtypes.join(', ')}.`,
    );
  }
  return dtype;
}
