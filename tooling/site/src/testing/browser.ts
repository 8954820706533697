import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, expect, inject } from 'vitest';

let browser: Browser | undefined;

/** Starts the browser that `npm test` has found for the tests of a file. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env['AGOP_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        // Chromium's sandbox cannot start as root, as in a container.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        // WebGPU also on the adapter in software, whose compiler takes seconds to fill memory with zeros.
        '--enable-unsafe-webgpu',
        '--enable-dawn-features=disable_workgroup_init',
      ],
    });
  });
  afterAll(async () => browser?.close());
}

/** A page of the site, and what it said in its console. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, and requests that failed. */
  readonly complaints: readonly string[];
}

/**
 * Opens a page of the site.
 *
 * @param host with isolation, or plain
 * @param options `at`: its place in the site
 */
export function openSite(
  host: 'isolated' | 'plain',
  { at = '', ...options }: OpenOptions & { readonly at?: string } = {},
): Promise<OpenPage> {
  return openPage(`${inject(host === 'isolated' ? 'isolatedSite' : 'plainSite')}${at}`, options);
}

/** What is to be said of a page that is opened. */
export interface OpenOptions extends BrowserContextOptions {
  /** Selector of what is to be seen then. Default `h1`. */
  readonly shows?: string;
}

/** Opens a page in a browser of its own. */
export async function openPage(url: string, options: OpenOptions = {}): Promise<OpenPage> {
  if (!browser) throw new Error('useBrowser() comes first');
  const { shows = 'h1', ...others } = options;
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...others });
  context.setDefaultTimeout(40_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    // Said by the test tool where it blocks service workers.
    if (text.includes('blocked by Playwright')) return;
    if (['error', 'warning'].includes(message.type())) complaints.push(text);
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('requestfailed', (request) => {
    // What a reload cuts off has not failed.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()}`);
  });
  await page.goto(url);
  await page.locator(shows).first().waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** A picture of the page, to be looked at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(inject('pictures'), `${name}.png`), fullPage: true });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Expects that axe finds nothing serious on a page as it is. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as typeof globalThis & {
      readonly axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  });
  expect(found).toEqual([]);
}
