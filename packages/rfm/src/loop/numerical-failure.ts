import {
  type Backend,
  ConvergenceError,
  DegenerateMetricError,
  type FloatDType,
  NotPositiveDefiniteError,
} from '@agop/core';

/** What an iteration may fail of. */
export type NumericalFailure = NotPositiveDefiniteError | DegenerateMetricError | ConvergenceError;

/**
 * Whether an error says that an iteration could not be fitted to these data in this precision: those before
 * it stand.
 */
export function isNumericalFailure(error: unknown): error is NumericalFailure {
  return (
    NotPositiveDefiniteError.isInstance(error) ||
    DegenerateMetricError.isInstance(error) ||
    ConvergenceError.isInstance(error)
  );
}

/**
 * Whether a fit that failed of this may go on in float64: float32 was too coarse for it, and the backend has
 * float64.
 */
export function mayWiden(error: unknown, backend: Backend, dtype: FloatDType): boolean {
  if (dtype !== 'float32' || !backend.dtypes.includes('float64') || !isNumericalFailure(error)) return false;
  return !(DegenerateMetricError.isInstance(error) && error.fault === 'zero');
}
