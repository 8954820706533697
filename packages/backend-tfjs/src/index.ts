export { createTfjsBackend, type TfjsBackendOptions } from './adapter/create.ts';
export { loadTfjs, type TfjsModule } from './adapter/library.ts';
