import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../../examples');

/** What each program has to have found out. */
const answers: Readonly<Record<string, RegExp>> = {
  'classification.ts': /^accuracy 9[6-9]\.\d % on 449 images/,
  'http-server.ts':
    /status: 'ok'.*\n200 of 200 requests answered.*\n400 .*"SHAPE".*\n400 .*"VALUE".*"row":0,"column":3.*\n400 .*\n400 .*JSON.*\nstopped\n$/,
  'learned-hashing.ts': /^plain hyperplanes: .* in [56]\d %\nthe learned metric: .* in [89]\d %\n$/,
  'own-estimator.ts': /^accuracy 9\d\.\d % .*\nthe loaded model predicts the same: true\nchecked: .* labels/,
  'own-kernel.ts':
    /^R² (0\.9\d*|1\.0*)\nthe loaded model predicts the same: true\nchecked: bandwidth must be/,
  'regression.ts': /^R² 0\.[45]\d* on 111 rows[^\n]*\nbmi/,
  'watch-the-loop.ts': /iteration 0: .*\n[\s\S]*the two features have 9\d % of M\n$/,
  'worker-thread.ts': /^R² 0\.9\d*; meanwhile the main thread took many turns/,
};

test('every example has an answer', () => {
  const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  expect(programs.toSorted()).toEqual(Object.keys(answers));
});

test.each(Object.entries(answers))('examples/%s', { timeout: 60_000 }, async (program, answer) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '-C',
    '@agop/source',
    join(folder, program),
  ]);
  expect(stdout).toMatch(answer);
});
