import { createCpuBackend } from '@agop/backend-cpu';
import { AgopError, type Backend, say } from '@agop/core';
import { flagNaming, type Given, resolve } from '@agop/core/options';
import { htmlPage } from '@agop/report';
import { afterAll, expect, test } from 'vitest';
import {
  type GrokkingEvent,
  type GrokkingSettings,
  grokkingOptions,
  grokkingPage,
  grokkingPanels,
  grokkingResult,
  grokkingText,
  runGrokkingExperiment,
} from '../src/grokking.ts';

const backend: Backend = await createCpuBackend();
afterAll(() => backend.dispose());

/** A task that is learned within a second. */
const small = { p: 17, fraction: 0.75, iterations: 17 };

function settings(
  op: string | readonly string[],
  given: Omit<Given<typeof grokkingOptions>, 'op'>,
): GrokkingSettings {
  return resolve(grokkingOptions, { op: typeof op === 'string' ? [op] : op, ...given });
}

const half = { fraction: 0.5 };

/** A run, its text, its report and the panels of a terminal. */
async function shown(chosen: GrokkingSettings) {
  const result = await runGrokkingExperiment(chosen, {
    backend,
    naming: ({ option }) => `--${option}`,
  });
  const { summary, operations } = result;
  return {
    result,
    text: grokkingText(result).findings.join('\n'),
    html: htmlPage({ ...(await grokkingPage(result)), commandLine: 'agop grok' }),
    panels: grokkingPanels({ ...summary, operations }).map(({ label }) => label),
  };
}

test('a result is JSON, and its report can be made of what was read again', async () => {
  const events: GrokkingEvent[] = [];
  const result = await runGrokkingExperiment(settings('/', small), {
    backend,
    onEvent: (event) => events.push({ ...event, iterations: [...event.iterations] }),
  });
  expect(events.map(({ iterations }) => iterations.length)).toEqual(
    Array.from({ length: 18 }, (_, i) => i + 1),
  );
  expect(events.at(-1)).toMatchObject({ planned: 18, secondsLeft: 0, p: 17 });
  const read = grokkingResult.parse(JSON.parse(JSON.stringify(result)));
  expect(read).toEqual(result);
  expect(htmlPage(await grokkingPage(read))).toBe(htmlPage(await grokkingPage(result)));
});

test('the same for the same seed', async () => {
  const iterations = async (seed: number) =>
    (await runGrokkingExperiment(settings('-', { ...small, iterations: 2, seed }), { backend })).summary
      .iterations;
  const first = await iterations(5);
  expect(await iterations(5)).toEqual(first);
  expect(await iterations(6)).not.toEqual(first);
});

test('the metrics that are asked for, and no others', async () => {
  const { metrics } = await runGrokkingExperiment(settings('+', { ...small, iterations: 3, show: '0,2' }), {
    backend,
  });
  expect(metrics.map(({ iteration, data }) => [iteration, data.length])).toEqual([
    [0, 34 * 34],
    [2, 34 * 34],
  ]);
});

test('two operations with a task bit are measured apart', async () => {
  const { result, html } = await shown(settings(['+', 'x^2+y^2'], { p: 7, fraction: 0.8, iterations: 1 }));
  const { operations, iterations } = result.summary;
  expect(operations).toEqual(['x + y', 'x^2 + y^2']);
  expect(iterations[1]?.operations?.map(({ operation }) => operation)).toEqual(['add', 'x^2+y^2']);
  expect(iterations[1]?.operations?.[0]?.circulantDeviation).toBe(iterations[1]?.circulantDeviation);
  expect(iterations[1]?.operations?.[1]?.circulantDeviation).toBeNull();
  expect(html).not.toContain('Dashed');
  for (const part of [
    'test, x^2 + y^2',
    '[one-hot x, one-hot y, task bit]: 15 x 15 numbers',
    'circulant deviation, x + y',
    'For x^2 + y^2 no order of the residues is known',
  ]) {
    expect(html).toContain(part);
  }
});

test('a run that ends early shows what it found, and says why', async () => {
  // A wide kernel, for which the points of one answer soon are the same in float64.
  const wide = settings('x^2+y^2', { p: 13, fraction: 0.75, iterations: 39, bandwidth: 12 });
  const { result, html, text } = await shown(wide);
  const { iterations, grokked, endedEarly } = result.summary;
  expect(grokked).toBeLessThan(5);
  expect(iterations.length).toBeLessThan(40);
  expect(endedEarly).toMatch(/^The run ended before iteration \d+: .* singular .* --ridge such as 1e-9\.$/);
  expect(html).toContain(endedEarly);
  expect(text).toContain(endedEarly);
});

test('* modulo a composite number is left in its order, and the report says why', async () => {
  const { html, panels } = await shown(settings('*', { p: 10, ...half, iterations: 1 }));
  expect(panels.join()).not.toContain('circulant');
  expect(html).toContain('but 10 is not prime');
  expect(html).not.toContain('The same metrics, reordered');
});

test('a run that learns nothing is not called a success', async () => {
  const { html, text } = await shown(settings(['sub', 'div'], { p: 7, ...half, iterations: 2 }));
  for (const said of [text, html]) {
    expect(said).toMatch(/never left the level of chance \(1 of 7: 14\.3 %\): it was at most \d\.\d %/);
  }
  expect(html).toMatch(/for x - y goes from 0\.\d+ to 0\.\d+: the block is not constant/);
  expect(html).toMatch(
    /for x \/ y, in the order of discrete logarithms, goes from 0\.\d+ to 0\.\d+: the block is not/,
  );
  expect(html).toContain('The same metrics, reordered');
  expect(html).not.toMatch(/of them rightly|Stripes|all the time/);
});

test('a task without known structure has neither circulant deviation nor spectrum', async () => {
  const { html, panels } = await shown(settings('x^3+xy', { p: 5, ...half, iterations: 1 }));
  expect(panels.join()).not.toContain('circulant');
  expect(html).not.toContain('Fourier spectrum');
});

/** What a command line says where a run is refused. */
async function complaint(given: Given<typeof grokkingOptions>): Promise<string> {
  try {
    await runGrokkingExperiment(resolve(grokkingOptions, given), { backend, freeHostBytes: 2 ** 33 });
  } catch (error) {
    if (AgopError.isInstance(error)) return say(error.wording, flagNaming(grokkingOptions));
    throw error;
  }
  return '';
}

test.each<[Given<typeof grokkingOptions>, RegExp]>([
  [{ op: ['/'], p: 60 }, /Division .* needs a prime p, but p is 60/],
  [{ op: ['x^y'] }, /There is no operation 'x\^y'/],
  [{ fraction: 0.0001, p: 17 }, /--fraction 0\.0001 leaves no training pair/],
  [{ fraction: 1 }, /--fraction must lie between 0 and 1/],
  [{ p: 251 }, /cannot allocate .* GiB, 4\.0 GiB are free\..* of it for the kernel matrix \[31500, 31500\]/],
  [{ p: 1009, fraction: 0.001 }, /are free\..* for the one-hot rows of the test pairs .*Use a smaller --p;/],
  [{ p: 5003 }, /cannot allocate 1100 TiB, .* are free\. A run on 12515004 training/],
  [{ p: 1000000000, op: ['/'] }, /cannot allocate 1\.8e\+24 TiB, .* are free\./],
  [{ p: 7, bandwidth: 1e-300 }, /--bandwidth must be between 1e-150 and 1e150, but is 1e-300/],
  [
    { p: 7, bandwidth: 1e-100 },
    /--bandwidth 1e-100 is too small: .* is 0, .* Use a larger one, such as 2\.5\./,
  ],
  [
    { p: 7, bandwidth: 1e8 },
    /--bandwidth 100000000 is too large: .* Use a smaller one, such as 2\.5, or a small --ridge such as 1e-9\./,
  ],
])('refused: %j', async (given, message) => {
  expect(await complaint(given)).toMatch(message);
});

test('an abort ends the run', async () => {
  const stop = new AbortController();
  const run = runGrokkingExperiment(settings('+', small), {
    backend,
    signal: stop.signal,
    onEvent: () => stop.abort(),
  });
  await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
});
