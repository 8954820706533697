export { methods, type SubspaceMethod } from './methods/names.ts';
