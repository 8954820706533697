import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countsPage, renewed } from './page.ts';

// `pnpm gpu:counts`: launches, calls and bytes of fits on a device that need not be there. With --write they
// are also put into apps/docs/measured/gpu.md.

const page = await countsPage();
console.log(page);
if (process.argv.includes('--write')) {
  const file = join(import.meta.dirname, '../../../../apps/docs/measured/gpu.md');
  writeFileSync(file, renewed(readFileSync(file, 'utf8'), page));
}
