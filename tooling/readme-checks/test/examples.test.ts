import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createNaiveBackend } from '@agop/core/naive';
import { RFMRegressor } from '@agop/rfm';
import { expect, test } from 'vitest';

const examples = join(import.meta.dirname, '../../../examples');

/** What each program has to have found out. */
const answers: Readonly<Record<string, RegExp>> = {
  'classification.ts': /^accuracy 9[6-9]\.\d % on 449 images/,
  'directions.ts': /^direction 1: .*\n[\s\S]*9\d\.\d % of digits right from 9 of 64 directions\n$/,
  'http-server.ts':
    /status: 'ok'.*\n200 of 200 requests answered.*\n200 .*"outside":\[\{"row":1,.*"above".*\n200 .*"outside":\[\].*\n400 .*"VALUE".*x2.*\n400 .*"VALUE".*"row":0,"column":3.*\n400 .*\n400 .*JSON.*\n200 .*\nstopped\n$/,
  'learned-hashing.ts': /^plain hyperplanes: .* in [56]\d %\nthe learned metric: .* in [89]\d %\n$/,
  'own-estimator.ts': /^accuracy 9\d\.\d % .*\nthe loaded model predicts the same: true\nchecked: .* labels/,
  'own-kernel.ts':
    /^R² (0\.9\d*|1\.0*)\nthe loaded model predicts the same: true\nchecked: bandwidth must be/,
  'regression.ts': /^R² 0\.[45]\d* on 111 rows[^\n]*\nbmi/,
  'watch-the-loop.ts': /iteration 0: .*\n[\s\S]*the two features have 9\d % of M\n$/,
  'webgpu.ts': /^R² 0\.\d+ on Web(?:GPU|Assembly)/,
  'worker-thread.ts': /^R² 0\.9\d*; meanwhile the main thread took many turns/,
};

test('every example has an answer', () => {
  const programs = readdirSync(examples).filter((name) => name.endsWith('.ts'));
  expect(programs.toSorted()).toEqual(Object.keys(answers));
});

test.each(Object.entries(answers))('examples/%s', { timeout: 60_000 }, async (program, answer) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '-C',
    '@agop/source',
    join(examples, program),
  ]);
  expect(stdout).toMatch(answer);
});

test('the server answers what has been asked before SIGTERM, and ends', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agop-server-'));
  try {
    const file = join(folder, 'model.safetensors');
    using backend = createNaiveBackend();
    using model = new RFMRegressor({ backend, iterations: 0 });
    await model.fit([[1], [2], [3]], [1, 2, 4]);
    await model.save(file);
    const server = spawn(process.execPath, [
      '-C',
      '@agop/source',
      join(examples, 'http-server.ts'),
      file,
      '0',
    ]);
    const [line] = await once(server.stdout, 'data');
    const [url = ''] = /http:\S+/.exec(String(line)) ?? [];
    const body = JSON.stringify({ x: Array.from({ length: 2000 }, (_, i) => [i / 1000]) });
    const answers = Array.from(
      { length: 8 },
      async () => (await fetch(url, { method: 'POST', body })).status,
    );
    await Promise.race(answers);
    server.kill('SIGTERM');
    const [[code]] = await Promise.all([once(server, 'exit'), Promise.all(answers)]);
    expect([code, await Promise.all(answers)]).toEqual([0, answers.map(() => 200)]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
