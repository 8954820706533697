export { AgopError, type AgopErrorCode, reworded } from './agop-error.ts';
export {
  DTypeError,
  OptionError,
  type OptionProblem,
  type OptionSuggestion,
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
  type Unreadable,
} from './lifecycle-errors.ts';
export {
  ConvergenceError,
  DegenerateMetricError,
  type MetricFault,
  NotPositiveDefiniteError,
} from './numerical-errors.ts';
export {
  type Attempt,
  BackendMismatchError,
  DeviceError,
  DisposedError,
  formatBytes,
  notInstalled,
  OutOfMemoryError,
  OverloadedError,
  UnavailableError,
  WorkerError,
} from './resource-errors.ts';
export { shownValue } from './shown-value.ts';
export { inCode, type OptionMention, type OptionNaming, say, type Wording, wording } from './wording.ts';
