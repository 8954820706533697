import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.ts';

export default defineConfig(
  library([
    'src/index.ts',
    'src/engine.ts',
    'src/naive.ts',
    'src/conformance.ts',
    'src/tfjs.ts',
    'src/storage.ts',
  ]),
);
