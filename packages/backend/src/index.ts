export { type BackendOptions, createBackend } from './create.ts';
