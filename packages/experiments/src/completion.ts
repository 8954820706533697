export {
  type CompletionOptions,
  type CompletionStep,
  completeMatrix,
  type KnownEntries,
} from './completion/complete.ts';
export { type MadeMatrix, madeMatrix, unknownError } from './completion/made.ts';
