export { subspacePage } from './subspace/report.ts';
export { type SubspaceResult, type SubspaceSummary, subspaceResult } from './subspace/result.ts';
export {
  runSubspaceExperiment,
  type SubspaceEvent,
  type SubspaceRun,
} from './subspace/run.ts';
export { checkSubspaceSettings, type SubspaceSettings, subspaceOptions } from './subspace/settings.ts';
export { subspaceText } from './subspace/text.ts';
