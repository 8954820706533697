import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright';
import { expect, inject, test } from 'vitest';
import { findChromium } from '../../../scripts/checks/chromium.mjs';
import { Consumer } from '../src/consumer.ts';
import { withWorkspaceDependencies } from '../src/published.ts';
import { run } from '../src/run.ts';

const tarballs = inject('tarballs');
const packed = [
  ...new Set(['@agop/serve', '@agop/rfm', '@agop/backend-cpu'].flatMap(withWorkspaceDependencies)),
].map(({ name }) => tarballs[name] ?? '');
const executablePath = findChromium(process.env);

/** A folder with the packages, further ones, and the program of a page. */
async function prepare(further: readonly string[], sources: string): Promise<Consumer> {
  const consumer = await Consumer.create();
  const { code, stderr } = await consumer.install([...packed, ...further]);
  expect(code, stderr).toBe(0);
  await cp(join(import.meta.dirname, '../consumers/bundled'), join(consumer.folder, sources), {
    recursive: true,
  });
  return consumer;
}

/** What a page that has been built finds out in Chromium. */
async function tryPage(url: string): Promise<unknown> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  await using browser = await chromium.launch({ ...(executablePath && { executablePath }), args });
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(url);
  try {
    await page.waitForFunction('globalThis.result !== undefined', undefined, { timeout: 60_000 });
  } catch (error) {
    throw new Error(`the page gives no result: ${errors.join('; ')}`, { cause: error });
  }
  return await page.evaluate('globalThis.result');
}

const learned = { scores: [expect.closeTo(1, 1), expect.closeTo(1, 1)], difference: expect.closeTo(0, 4) };

/** Serves the files of a folder. */
async function serveFolder(folder: string): Promise<{ readonly url: string; [Symbol.dispose](): void }> {
  const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };
  const server = createServer(async (request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
    try {
      const content = await readFile(join(folder, name));
      response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, [Symbol.dispose]: () => void server.close() };
}

test('webpack 5, production', async () => {
  await using consumer = await prepare(['webpack@5.113.0'], 'src');
  const { folder } = consumer;
  await writeFile(
    join(folder, 'src/index.js'),
    "import { fitTwice } from './fit.js';\nfitTwice().then((r) => { globalThis.result = r; }, (e) => { globalThis.result = String(e); });\n",
  );
  await writeFile(
    join(folder, 'build.mjs'),
    `import webpack from 'webpack';
webpack({ mode: 'production', entry: './src/index.js', output: { path: ${JSON.stringify(join(folder, 'out'))} } }, (error, stats) => {
  console.log(error ?? stats.toString({ all: false, errors: true, warnings: true }));
  process.exitCode = error || stats.hasErrors() ? 1 : 0;
});
`,
  );
  const { code, stdout, stderr } = await run(process.execPath, ['build.mjs'], folder);
  expect(code, stdout + stderr).toBe(0);
  console.log(`webpack says: ${stdout.trim() || 'nothing'}`);
  await writeFile(join(folder, 'out/index.html'), '<!doctype html><script src="main.js"></script>');
  if (!executablePath) return;
  using server = await serveFolder(join(folder, 'out'));
  expect(await tryPage(server.url)).toEqual(learned);
});

test('Next with webpack: the page is built and exported', async () => {
  await using consumer = await prepare(['next@16.4.6', 'react@19', 'react-dom@19'], 'app');
  const { folder } = consumer;
  await mkdir(join(folder, 'app'), { recursive: true });
  await writeFile(join(folder, 'next.config.mjs'), "export default { output: 'export' };\n");
  await writeFile(
    join(folder, 'app/layout.jsx'),
    'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n',
  );
  await writeFile(
    join(folder, 'app/page.jsx'),
    `'use client';
import { useEffect } from 'react';
import { fitTwice } from './fit.js';

export default function Page() {
  useEffect(() => {
    fitTwice().then((r) => { globalThis.result = r; }, (e) => { globalThis.result = String(e); });
  }, []);
  return <p>fits</p>;
}
`,
  );
  const next = join(folder, 'node_modules/next/dist/bin/next');
  const { code, stdout, stderr } = await run(process.execPath, [next, 'build', '--webpack'], folder);
  expect(code, stdout + stderr).toBe(0);
  console.log(`Next says: ${stdout.trim()}`);
  if (!executablePath) return;
  using server = await serveFolder(join(folder, 'out'));
  expect(await tryPage(server.url)).toEqual(learned);
});
