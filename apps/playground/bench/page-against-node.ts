// The same fits in the page and in Node, in turns: the same threads, both with relaxed SIMD of 128 bits, which
// is what browsers have. The table of measured/playground.md.
//
//   pnpm site && pnpm bench:page [--rounds 7] [--threads N] [--only table]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, randomArray } from '@agop/core';
import { resolve } from '@agop/core/options';
import { parseCsv } from '@agop/data';
import { grokkingOptions, runGrokkingExperiment } from '@agop/experiments/grokking';
import { runTabularExperiment, tabularData, tabularOptions } from '@agop/experiments/tabular';
import { serveFolder, siteFolder } from '@agop/site';
import { chromium, type Page } from 'playwright';

const { values: options } = parseArgs({
  options: {
    threads: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
  },
});
const threads = Number(options.threads ?? availableParallelism());
const rounds = Number(options.rounds);

/** A fit that both sides do; each gives its seconds. */
interface Contest {
  readonly name: string;
  prepare(page: Page): Promise<void>;
  inPage(page: Page): Promise<number>;
  inNode(backend: Backend): Promise<number>;
}

const folder = mkdtempSync(join(tmpdir(), 'agop-bench-page-'));

/** A made table of numbers: five columns matter. */
function tableText(rows: number, columns: number): string {
  const values = randomArray(rows * columns, 'normal', { seed: 1 }, 'float64');
  const names = Array.from({ length: columns }, (_, j) => `x${j}`);
  const lines = Array.from({ length: rows }, (_, i) => {
    const row = Array.from(values.subarray(i * columns, (i + 1) * columns), (value) => value.toFixed(4));
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = row.map(Number);
    return [...row, (a * b + Math.sin(2 * c) + d * Math.abs(e)).toFixed(4)].join(',');
  });
  return [[...names, 'target'].join(','), ...lines].join('\n');
}

function tableContest(rows: number, columns: number): Contest {
  const text = tableText(rows, columns);
  const path = join(folder, `made-${rows}.csv`);
  writeFileSync(path, text);
  return {
    name: `table: kernel regression and RFM, ${rows} rows, ${columns} columns`,
    prepare: async (page) => {
      await page.locator('.drop-zone input').first().setInputFiles(path);
      await page.getByText(`made-${rows}.csv: ${rows} rows`).waitFor();
      await page.getByLabel('within').selectOption('300');
      await page.getByLabel('choose settings, too').uncheck();
    },
    inPage: async (page) => {
      await page.getByRole('button', { name: 'Fit', exact: true }).click();
      await page.getByRole('button', { name: 'Stop' }).waitFor();
      await page.getByRole('button', { name: 'Fit', exact: true }).waitFor();
      return secondsShown(page);
    },
    inNode: async (backend) => {
      const settings = resolve(tabularOptions, { target: ['target'], seed: 0 });
      const data = await tabularData('made', parseCsv(text), settings, async () => parseCsv(text));
      using run = await runTabularExperiment(settings, data, { backend });
      return run.result.summary.seconds;
    },
  };
}

function grokkingContest(p: number): Contest {
  return {
    name: `grokking: x + y modulo ${p} from 60 % of the table, 29 updates, float64`,
    prepare: async (page) => {
      await page.getByRole('link', { name: 'Grokking' }).click();
      await page.getByLabel('modulo').selectOption(String(p));
    },
    inPage: async (page) => {
      await page.locator('.panel-place:visible').getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('button', { name: 'Stop' }).waitFor();
      await page.getByRole('heading', { name: `x + y mod ${p}` }).waitFor();
      return secondsShown(page);
    },
    inNode: async (backend) => {
      const settings = resolve(grokkingOptions, { op: ['+'], p, fraction: 0.6, iterations: 29, seed: 0 });
      return (await runGrokkingExperiment(settings, { backend })).summary.seconds;
    },
  };
}

/** The seconds that the report of the panel which is shown has. */
async function secondsShown(page: Page): Promise<number> {
  const fact = page.locator('.panel-place:visible dl div').filter({ hasText: /^seconds/ });
  return Number((await fact.last().locator('dd').textContent())?.replace('−', '-'));
}

/**
 * Frames while a run is computed in the worker and shown: how many a second, how many came late, and the time
 * of the processor that the page's own thread takes for one, which does not depend on what else runs.
 */
async function measureFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { frameTimes: times });
    const note = (time: number): void => {
      times.push(time);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const contest = grokkingContest(43);
  await contest.prepare(page);
  const before = await busy();
  await contest.inPage(page);
  const own = (await busy()) - before;
  const times = await page.evaluate(
    () => (globalThis as typeof globalThis & { readonly frameTimes: number[] }).frameTimes,
  );
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time));
  const seconds = gaps.reduce((sum, gap) => sum + gap, 0) / 1000;
  const late = gaps.filter((gap) => gap > 25).length;
  console.log(
    `\nWhile modulo 43 runs in the worker: ${(gaps.length / seconds).toFixed(1)} frames a second; ${((100 * late) / gaps.length).toFixed(1)} % came more than half a frame late, the longest took ${Math.max(...gaps).toFixed(0)} ms. The page's thread was busy for ${(own / gaps.length).toFixed(1)} ms a frame.`,
  );
}

const contests = [tableContest(1500, 20), tableContest(4000, 20), grokkingContest(43)];
await using server = await serveFolder(siteFolder);
const browser = await chromium.launch({
  executablePath: process.env['AGOP_CHROMIUM'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  using backend = await createCpuBackend({ threads, simd: 'relaxed' });
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  await page.goto(server.url);
  await page.locator('.engine-menu summary').click();
  await page.getByLabel('Threads').selectOption(String(threads));
  await page.locator('.lamp.ready').waitFor();
  console.log(
    `Page: ${await page.locator('.engine-menu dd').first().textContent()}, Chromium ${browser.version()}`,
  );
  console.log(`Node: ${backend.device.description}, Node ${process.versions.node}\n`);
  await page.locator('.engine-menu summary').click();
  console.log('| fit | page, s | Node, s | median of ratios | ratio of minima |');
  console.log('|---|--:|--:|--:|--:|');
  for (const contest of contests.filter(({ name }) => name.includes(options.only ?? ''))) {
    await contest.prepare(page);
    const pairs: [number, number][] = [];
    // The first round warms both up.
    for (let round = 0; round <= rounds; round++) {
      const node = round % 2 === 0 ? await contest.inNode(backend) : undefined;
      const own = await contest.inPage(page);
      const pair: [number, number] = [own, node ?? (await contest.inNode(backend))];
      if (round > 0) pairs.push(pair);
    }
    const minimum = (side: 0 | 1): number => Math.min(...pairs.map((pair) => pair[side]));
    const ratios = pairs.map(([own, node]) => own / node).toSorted((a, b) => a - b);
    const median = ratios[Math.floor(ratios.length / 2)] ?? Number.NaN;
    console.log(
      `| ${contest.name} | ${minimum(0).toFixed(3)} | ${minimum(1).toFixed(3)} | ${median.toFixed(2)} | ${(minimum(0) / minimum(1)).toFixed(2)} |`,
    );
  }
  await page.getByRole('link', { name: 'Grokking' }).click();
  await measureFrames(page);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
