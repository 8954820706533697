// Lighthouse on the start page of the built site, as a phone and as a desktop computer.
//
//   pnpm site && pnpm site:lighthouse
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { siteFolder } from './apps.ts';
import { serveFolder } from './serve-folder.ts';

/** Fetched by npx: it is large, and only this command needs it. */
const lighthouse = 'lighthouse@13.5.0';
const wanted = 95;
const judged = ['performance', 'accessibility', 'best-practices'];

interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>;
  readonly audits: Readonly<
    Record<string, { readonly title: string; readonly score: number | null; readonly displayValue?: string }>
  >;
}

const folder = join(siteFolder, '../lighthouse');
mkdirSync(folder, { recursive: true });
await using server = await serveFolder(siteFolder);
let isShort = false;
for (const device of ['mobile', 'desktop']) {
  const path = join(folder, `${device}.json`);
  const started = spawn(
    'npx',
    [
      ...['--yes', lighthouse, server.url, '--quiet', '--output=json', `--output-path=${path}`],
      ...[`--only-categories=${judged.join(',')}`, ...(device === 'desktop' ? ['--preset=desktop'] : [])],
      `--chrome-flags=--headless=new${process.getuid?.() === 0 ? ' --no-sandbox' : ''}`,
    ],
    {
      stdio: 'inherit',
      env: { ...process.env, CHROME_PATH: process.env['AGOP_CHROMIUM'] ?? '/usr/bin/chromium' },
    },
  );
  const [status] = await once(started, 'close');
  if (status !== 0) throw new Error(`Lighthouse ended with exit code ${status}.`);
  const { categories, audits }: Report = JSON.parse(readFileSync(path, 'utf8'));
  const scores = judged.map((name) => `${name} ${Math.round(100 * (categories[name]?.score ?? 0))}`);
  const times = [
    'first-contentful-paint',
    'total-byte-weight',
    'cumulative-layout-shift',
    'total-blocking-time',
  ];
  console.log(`${device}: ${scores.join(', ')}`);
  console.log(`  ${times.map((name) => `${name}: ${audits[name]?.displayValue ?? '–'}`).join('; ')}`);
  for (const [name, { title, score }] of Object.entries(audits)) {
    if (score !== null && score < 0.9) console.log(`  ${score} ${name}: ${title}`);
  }
  isShort ||= judged.some((name) => (categories[name]?.score ?? 0) < wanted / 100);
}
process.exitCode = isShort ? 1 : 0;
