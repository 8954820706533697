import { type Backend, type FloatDType, OptionError } from '@agop/core';

/**
 * The dtype that an estimator computes in.
 *
 * @param wanted the caller's choice
 * @param preferred what is taken without one, if the backend has it; else the backend's own preference
 * @throws {OptionError} for a dtype that the backend does not compute in
 */
export function chooseDType(
  backend: Backend,
  wanted: FloatDType | undefined,
  preferred: FloatDType,
): FloatDType {
  const dtype = wanted ?? (backend.dtypes.includes(preferred) ? preferred : backend.preferredDType);
  if (!backend.dtypes.includes(dtype)) {
    throw new OptionError(
      'dtype',
      `Backend '${backend.name}' does not compute in ${dtype}, only in ${backend.dtypes.join(', ')}.`,
    );
  }
  return dtype;
}
