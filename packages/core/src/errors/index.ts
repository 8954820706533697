export { AgopError, type AgopErrorCode } from './agop-error.ts';
export {
  DTypeError,
  OptionError,
  ShapeError,
  UnknownLabelError,
  ValueError,
  type ValuePosition,
} from './input-errors.ts';
export {
  AbortedError,
  FormatError,
  NotFittedError,
  StorageError,
  throwIfAborted,
} from './lifecycle-errors.ts';
export { ConvergenceError, NotPositiveDefiniteError } from './numerical-errors.ts';
export {
  type Attempt,
  BackendMismatchError,
  DeviceError,
  DisposedError,
  formatBytes,
  OutOfMemoryError,
  UnavailableError,
} from './resource-errors.ts';
