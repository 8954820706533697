#!/usr/bin/env node
// Where V8 can pair 128-bit SIMD operations into 256-bit ones, WebAssembly runs twice as fast. The switch
// is process-wide and must be set before a module is compiled, so a program sets it, never the library.
import { setFlagsFromString } from 'node:v8';

if (Number(process.versions.node.split('.')[0]) >= 24) setFlagsFromString('--experimental-wasm-revectorize');

await import('../dist/main.js');
