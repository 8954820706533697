import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Folder, run } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

/** A task that is learned within a second. */
const small = ['grok', '--p', '17', '--fraction', '0.75', '--iterations', '17'];

describe('grok --json', () => {
  test('one object with all measures, and a report', async () => {
    const report = folder.at('division.html');
    const { code, stdout, stderr } = await run([...small, '--op', '/', '--report', report, '--json']);
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      operations: ['x / y'],
      p: 17,
      fraction: 0.75,
      trainingPairs: 204,
      testPairs: 68,
      kernel: { name: 'gaussian', parameters: { bandwidth: 2.5 } },
      seed: 0,
      dtype: 'float64',
      seconds: expect.any(Number),
      report,
    });
    expect(summary.iterations).toHaveLength(18);
    const measured = expect.any(Number);
    for (const [i, iteration] of summary.iterations.entries()) {
      expect(iteration).toEqual({
        iteration: i,
        trainLoss: measured,
        testLoss: measured,
        trainAccuracy: 1,
        testAccuracy: measured,
        correctLogitLoss: measured,
        circulantDeviation: measured,
        alignment: measured,
      });
      expect(iteration.trainLoss).toBeLessThan(1e-20);
    }
    expect(summary.iterations[0].testAccuracy).toBeLessThan(0.2);
    expect(summary.iterations[17].testAccuracy).toBe(1);
    expect(summary.iterations[17].alignment).toBeCloseTo(1, 12);
    expect(summary.iterations[summary.grokked].testAccuracy).toBe(1);
    expect(summary.iterations[summary.grokked - 1].testAccuracy).toBeLessThan(1);

    const html = readFileSync(report, 'utf8');
    for (const part of ['x / y mod 17', 'reordered', 'Its Fourier spectrum', 'after iteration 17']) {
      expect(html).toContain(part);
    }
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|NaN|undefined/);
  });
});

test('grok for people: curves and a verdict', async () => {
  const { code, stdout, stderr } = await run([...small, '--op', '+']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^x \+ y mod 17$/m);
  for (const label of ['test accuracy', 'test loss', 'circulant structure', 'AGOP alignment']) {
    expect(stdout).toMatch(new RegExp(`^${label} +(\\S+ (% )?)?│`, 'm'));
  }
  expect(stdout).toMatch(/^ +└\d ─+ iteration ─+ \d+$/m);
  expect(stdout).toMatch(
    /leaves the level of chance \(1 of 17: 5\.9 %\) at iteration \d+, passes 50 % at \d+, and is 100 % from \d+ on\./,
  );
  expect(stdout).toMatch(/training loss was at most \d\.\de-2\d/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(stderr.trim().split('\n')).toHaveLength(18);
});

describe('grok --report', () => {
  test('to a folder that is not there is refused before the run', async () => {
    const report = folder.at('none/report.html');
    const { code, stdout, stderr } = await run([...small, '--report', report, '--json']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `agop: Cannot write '${report}' (--report): there is no folder '${folder.at('none')}'.\n`,
    );
  });
});

describe('grok: one clear line and nothing on standard output', () => {
  test.each([
    [['--op', '/', '--p', '60'], /Division .* needs a prime p, but p is 60/],
    [['--fraction', '1'], /--fraction must lie between 0 and 1/],
    [['--kernel', 'ntk'], /--kernel must be one of gaussian, quadratic, laplace/],
    [['--show', '0,30'], /--show must list iterations from 0 to 29/],
  ])('%j', async (options, message) => {
    const report = folder.at('none.html');
    const { code, stdout, stderr } = await run(['grok', ...options, '--report', report, '--json']);
    expect(code, stderr).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^agop: /);
    expect(stderr).toMatch(message);
    expect(existsSync(report)).toBe(false);
  });

  test('iterations to show, but no report to show them in', async () => {
    const { code, stderr } = await run(['grok', '--p', '7', '--show', '0,3']);
    expect(code).toBe(1);
    expect(stderr).toBe('agop: --show needs --report.\n');
  });
});
