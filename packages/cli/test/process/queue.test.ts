import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverProgram, startRedis } from '@agop/test-support/redis';
import { afterAll, expect, test } from 'vitest';
import { run, runProcess, start } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'agop-queue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const table = join(folder, 'waves.csv');
const rows = Array.from({ length: 150 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
writeFileSync(
  table,
  ['a,b,c,y', ...rows.map((row) => [...row, (row[0] ?? 0) * (row[1] ?? 0)].join())].join('\n'),
);

const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

test.skipIf(serverProgram === undefined)(
  'agop fit --redis is interrupted, goes on with what workers found, and is the fit of one process',
  async () => {
    const redis = await startRedis(['--requirepass', 'secret']);
    const env = { AGOP_REDIS_PASSWORD: 'secret' };
    const queue = ['--redis', redis.url];
    const fit = ['fit', table, '--target', 'y', '--trials', '2', '--json'];
    const worker = start(['worker', ...queue, '--root', folder, '--jobs', '1', '--json'], env);
    try {
      await once(worker.child.stdout ?? worker.child, 'data');
      const first = start([...fit, ...queue], env);
      await first.says('"event":"trial"');
      first.child.kill('SIGINT');
      expect(await first.ended).toMatchObject({ code: 130, stdout: '' });

      const model = join(folder, 'model.safetensors');
      const report = join(folder, 'report.html');
      const address = redis.url.replace('//', '//:secret@');
      const second = await runProcess(
        [...fit, '--redis', address, '--resume', '--output', model, '--report', report],
        {},
      );
      expect(second.code, second.stderr).toBe(0);
      const events = lines(second.stderr);
      expect(events.filter(({ event }) => event === 'trial')).toHaveLength(2);
      expect(events).toContainEqual({ event: 'known', jobs: expect.any(Number) });
      const there = JSON.parse(second.stdout);
      const here = JSON.parse((await run(fit)).stdout);
      expect(there.scores).toEqual(here.scores);
      expect(there.members).toEqual(here.members);
      expect(readFileSync(report, 'utf8')).not.toContain('secret');
      expect(second.stderr).not.toContain('secret');

      const state = await runProcess(['workers', ...queue, '--json'], env);
      expect(JSON.parse(state.stdout)).toMatchObject({ waiting: 0, quarantined: 0, workers: [{ slots: 1 }] });
      worker.child.kill('SIGINT');
      const { code, stdout, stderr } = await worker.ended;
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: 'agop: Ending the jobs that run; once more ends at once.\n',
      });
      const told = lines(stdout);
      expect(told[0]).toMatchObject({ event: 'joined', queue: redis.url.replace('//', '//:***@') });
      expect(told.at(-1)).toMatchObject({ event: 'left', failed: 0 });
    } finally {
      worker.child.kill('SIGKILL');
      await redis.stop();
    }
  },
);

test('what cannot be a queue is refused in words, without its password', async () => {
  expect((await run(['workers'])).stderr).toBe(
    'agop: --redis must name the queue, as in redis://host:6379.\n',
  );
  const refused = await run(['workers', '--redis', 'redis://me:secret@127.0.0.1:1']);
  expect(refused.stderr).toContain(
    'Redis does not answer at redis://me:***@127.0.0.1:1: connect ECONNREFUSED',
  );
  expect((await run(['workers', '--redis', 'http://queue'])).stderr).toContain('must be an address such as');
  const both = ['fit', table, '--target', 'y', '--redis', 'redis://127.0.0.1:1', '--ridge', '1'];
  expect((await run(both)).stderr).toContain('--redis');
});
