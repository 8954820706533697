export type { RunContext, TextSummary } from './experiment.ts';
export type { PartStore } from './run-parts.ts';
