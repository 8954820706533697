// Measures the bundle of every entry and agrees on its size: at most 5 % more than now. `pnpm sizes`
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSizes } from './bundle-sizes.ts';
import { entries } from './entries.ts';

const ceilings: Record<string, number> = {};
const sizes = await bundleSizes(entries);
for (const { name, source } of entries) {
  const bytes = sizes.get(source) ?? NaN;
  ceilings[name] = Math.ceil((1.05 * bytes) / 100) / 10;
  console.log(`${name.padEnd(24)} ${(bytes / 1000).toFixed(1).padStart(6)} kB, at most ${ceilings[name]}`);
}
writeFileSync(join(import.meta.dirname, '../sizes.json'), `${JSON.stringify(ceilings, null, 2)}\n`);
