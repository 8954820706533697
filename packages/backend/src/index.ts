export { type BackendOptions, createBackend } from './create.ts';
export { type BackendPoolOptions, createBackendPool } from './create-pool.ts';
