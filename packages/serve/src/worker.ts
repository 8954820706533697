/**
 * The worker's side: what stands in the module of a worker.
 *
 * @module
 */
export type { Port } from './wire/port.ts';
export { type ServeOptions, serveModels } from './worker/serve-models.ts';
export type { Makers, ServedEstimator, ServedModels } from './worker/served.ts';
