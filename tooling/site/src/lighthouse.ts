// Lighthouse on the start page of the documentation, on the page of a paper and on the playground, each as a
// phone and as a desktop computer.
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
const measured = [
  'first-contentful-paint',
  'total-byte-weight',
  'cumulative-layout-shift',
  'total-blocking-time',
];

/** The pages, by their place in the site. */
const pages = [
  ['start', ''],
  ['grokking', 'papers/grokking.html'],
  ['playground', 'playground/'],
] as const;

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
for (const [name, at] of pages) {
  for (const device of ['mobile', 'desktop']) {
    const { categories, audits } = await judge(
      `${server.url}${at}`,
      device,
      join(folder, `${name}-${device}.json`),
    );
    const scores = judged.map(
      (category) => `${category} ${Math.round(100 * (categories[category]?.score ?? 0))}`,
    );
    console.log(`${name}, ${device}: ${scores.join(', ')}`);
    console.log(`  ${measured.map((audit) => `${audit}: ${audits[audit]?.displayValue ?? '–'}`).join('; ')}`);
    for (const [audit, { title, score }] of Object.entries(audits)) {
      if (score !== null && score < 0.9) console.log(`  ${score} ${audit}: ${title}`);
    }
    isShort ||= judged.some((category) => (categories[category]?.score ?? 0) < wanted / 100);
  }
}
process.exitCode = isShort ? 1 : 0;

async function judge(url: string, device: string, path: string): Promise<Report> {
  const started = spawn(
    'npx',
    [
      ...['--yes', lighthouse, url, '--quiet', '--output=json', `--output-path=${path}`],
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
  return JSON.parse(readFileSync(path, 'utf8'));
}
