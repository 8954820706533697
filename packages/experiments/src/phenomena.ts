export { phenomenaPage } from './phenomena/report.ts';
export { type PhenomenaResult, type PhenomenaSummary, phenomenaResult } from './phenomena/result.ts';
export { type PhenomenaData, type PhenomenaEvent, runPhenomena } from './phenomena/run.ts';
export { phenomenaText } from './phenomena/sentences.ts';
export { checkPhenomenaSettings, type PhenomenaSettings, phenomenaOptions } from './phenomena/settings.ts';
