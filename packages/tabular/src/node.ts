/**
 * What needs Node: workers for the trials and leaves of tables.
 *
 * @module
 */
export { type TabularWorkersOptions, tabularWorkers } from './jobs/node-workers.ts';
