export type { RunContext, TextSummary } from './experiment.ts';
