export { bitsOfImages, type HashingData } from './hashing/data.ts';
export { hashingPage } from './hashing/report.ts';
export { type HashingRunResult, type HashingSummary, hashingResult } from './hashing/result.ts';
export { type HashingEvent, type HashingRun, runHashingExperiment } from './hashing/run.ts';
export { hashingText } from './hashing/sentences.ts';
export { checkHashingSettings, type HashingRunSettings, hashingRunOptions } from './hashing/settings.ts';
