import { availableParallelism } from 'node:os';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servePages } from '../src/page-server.ts';

let [browser, server]: [Browser | undefined, Awaited<ReturnType<typeof servePages>> | undefined] = [
  undefined,
  undefined,
];
beforeAll(async () => {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const executablePath = process.env.AGOP_CHROMIUM ?? '/usr/bin/chromium';
  [browser, server] = await Promise.all([chromium.launch({ executablePath, args }), servePages()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Lets a page with a policy do a task, and gives what it tells. */
async function ask(task: string, search: Readonly<Record<string, string>> = {}) {
  const page = await browser?.newPage();
  if (!page || !server) throw new Error('no browser');
  try {
    await page.goto(`${server.url}?${new URLSearchParams(search)}`);
    await page.waitForFunction('typeof globalThis.run === "function"');
    return await page.evaluate<Record<string, unknown>>(`run(${JSON.stringify(task)})`);
  } finally {
    await page.close();
  }
}

const cores = availableParallelism();
const learned = { score: expect.closeTo(1, 1) };

describe('Content-Security-Policy', () => {
  test('without one, and with one that allows all that is needed, there are all threads', async () => {
    const all = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:";
    for (const search of [{}, { csp: all }]) {
      const told = await ask('onThePage', search);
      expect(told).toMatchObject({ ...learned, threads: cores });
      expect(told['noMoreThreads']).toBeUndefined();
      expect(await ask('inAWorker', search)).toMatchObject({
        ...learned,
        description: expect.stringMatching(new RegExp(`^WebAssembly, ${cores} thread`)),
      });
    }
  });

  test('without wasm-unsafe-eval the error names the directive', async () => {
    const csp = "script-src 'self'; worker-src 'self' blob:";
    const told = await ask('onThePage', { csp });
    expect(told).toMatchObject({ code: 'UNAVAILABLE' });
    expect(told['message']).toMatch(/needs 'wasm-unsafe-eval' in its script-src/);
    expect(await ask('inAWorker', { csp })).toMatchObject({
      code: 'WORKER',
      message: expect.stringMatching(
        /^The set-up of the worker failed: .*'wasm-unsafe-eval' in its script-src/s,
      ),
    });
  });

  test('without worker-src blob: there is one thread, which says why', async () => {
    const csp = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
    const reason = "the page's Content-Security-Policy refuses threads, it needs worker-src blob:";
    const told = await ask('onThePage', { csp });
    expect(told).toMatchObject({ ...learned, threads: 1, noMoreThreads: cores > 1 ? reason : undefined });
    expect((await ask('inAWorker', { csp }))['description']).toContain(cores > 1 ? reason : '1 thread');
  });
});

describe.each([{}, { 'without-dispose': '1' }])('a page %o', (search) => {
  test('fits and predicts on its own thread', async () => {
    const hasSymbol = !('without-dispose' in search);
    expect(await ask('onThePage', search)).toMatchObject({ ...learned, hasSymbol });
  });

  test('fits and predicts in a worker', async () => {
    const told = await ask('inAWorker', search);
    expect(told).toMatchObject({ ...learned, seen: [0, 1, 2] });
    expect(told['difference']).toBeLessThan(1e-5);
  });
});

describe('a worker', () => {
  test('that ends itself ends its calls with an error', async () => {
    const told = await ask('workerThatEnds');
    expect(told).toMatchObject({
      code: 'WORKER',
      message: expect.stringMatching(/^The worker ended\. Its models are lost/),
    });
  });

  test('whose module is not there is told at once', async () => {
    const told = await ask('workerThatDoesNotLoad');
    expect(told).toMatchObject({
      code: 'WORKER',
      message: expect.stringMatching(/its module does not load/),
    });
  });
});
