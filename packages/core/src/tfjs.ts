export { createTfjsBackend, type TfjsBackendOptions } from './tfjs/create.ts';
export { loadTfjs, type Tfjs } from './tfjs/library.ts';
