export type { AnsatzData } from './ansatz/data.ts';
export { ansatzPage } from './ansatz/report.ts';
export { type AnsatzResult, type AnsatzSummary, ansatzResult } from './ansatz/result.ts';
export { type AnsatzEvent, runAnsatz } from './ansatz/run.ts';
export { ansatzText } from './ansatz/sentences.ts';
export { type AnsatzSettings, ansatzOptions, checkAnsatzSettings } from './ansatz/settings.ts';
