// `pnpm run build`: the programs and declarations of all packages into every `dist`.
import { build } from './setup/build.mjs';
import { toolEnvironment } from './setup/environment.mjs';

await build(toolEnvironment(), 'everything');
