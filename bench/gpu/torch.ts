import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './result.ts';

/**
 * The PyTorch programs beside this file, where there is a Python with PyTorch and CUDA. What they have
 * printed when their time is over counts.
 */
export function timeTorch(
  sizes: readonly number[],
  dtypes: readonly string[],
  limits: {
    readonly features: number;
    readonly updates: number;
    readonly repeats: number;
    readonly seconds: number;
  },
): { readonly rows: Row[]; readonly leftOut: string[] } {
  const check = spawnSync('python3', ['-c', 'import torch; assert torch.cuda.is_available()'], {
    timeout: 60_000,
  });
  if (check.status !== 0) return { rows: [], leftOut: ['PyTorch: python3 has none that sees a device'] };
  const script = [
    join(import.meta.dirname, 'torch_rfm.py'),
    join(import.meta.dirname, '../torch_rfm.py'),
  ].find(existsSync);
  if (!script) return { rows: [], leftOut: ['PyTorch: torch_rfm.py is not beside this program'] };
  const options = ['--sizes', sizes.join(), '--dtypes', dtypes.join(), '--repeats', `${limits.repeats}`];
  const problem = ['--features', `${limits.features}`, '--updates', `${limits.updates}`];
  const { status, stdout } = spawnSync('python3', [script, ...options, ...problem], {
    encoding: 'utf8',
    timeout: 1000 * limits.seconds,
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const rows = (stdout ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): Row => JSON.parse(line));
  return { rows, leftOut: status === 0 ? [] : ['PyTorch: its program did not come to its end'] };
}
