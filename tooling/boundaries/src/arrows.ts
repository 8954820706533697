/** Packages that implement the contract of `core`. Nobody imports them but `backend`, programs and tests. */
export const engines: readonly string[] = ['backend-cpu', 'backend-gpu', 'backend-webgpu', 'backend-tfjs'];
const algorithms = ['rfm', 'deep-rfm', 'conv-rfm', 'nfa', 'grokking', 'hashing', 'subspace', 'tabular'];
const libraries = ['core', 'estimators', ...algorithms, 'data', 'report'];

/**
 * The house: each package, from the bottom to the top, and those below it that it may import. Where a package
 * is not named, it may not be known: an algorithm knows no engine and no chart.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  conformance: ['core'],
  'backend-tfjs': ['core'],
  'backend-cpu': ['core', 'backend-tfjs'],
  'backend-gpu': ['core', 'backend-tfjs'],
  'backend-webgpu': ['core'],
  backend: ['core', ...engines],
  data: ['core'],
  report: ['core'],
  estimators: ['core'],
  serve: ['core', 'estimators'],
  hashing: ['core', 'estimators'],
  rfm: ['core', 'estimators'],
  'deep-rfm': ['core', 'estimators', 'rfm'],
  'conv-rfm': ['core', 'conformance', 'estimators', 'rfm'],
  nfa: ['core', 'estimators', 'rfm'],
  grokking: ['core', 'estimators', 'rfm', 'nfa'],
  tabular: ['core', 'estimators', 'rfm', 'data'],
  subspace: ['core', 'estimators', 'rfm'],
  workers: ['core', 'estimators', 'tabular'],
  experiments: libraries,
  cli: [...libraries, 'experiments', 'workers', 'backend', ...engines],
  docs: [],
  playground: [...libraries, 'experiments', 'serve', 'backend-cpu', 'backend-webgpu'],
};

/** Packages that run on every engine, so that none of them may name one. */
export const engineFree: readonly string[] = ['estimators', 'serve', ...algorithms, 'workers', 'experiments'];
