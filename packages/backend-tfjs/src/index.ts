export { createTfjsBackend, type TfjsBackendOptions } from './adapter/create.ts';
export { loadTfjs, type Tfjs } from './adapter/library.ts';
