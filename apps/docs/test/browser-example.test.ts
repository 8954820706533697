import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFolder } from '@agop/site';
import { openPage, useBrowser } from '@agop/site/testing';
import { build } from 'vite';
import { expect, test } from 'vitest';

useBrowser();

test('the page of examples/browser fits in its worker, and follows its slider', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agop-browser-example-'));
  try {
    await build({
      configFile: join(import.meta.dirname, '../../../examples/browser/vite.config.ts'),
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true },
    });
    await using server = await serveFolder(folder);
    await using site = await openPage(server.url);
    const { page, complaints } = site;
    await page.getByText(/^R² (0\.9\d*|1\.000) on rows that were held out/).waitFor();
    const prediction = page.locator('output');
    await expect.poll(() => prediction.textContent()).toMatch(/^0\.2/);
    await page.getByRole('slider').press('Home');
    await expect.poll(() => prediction.textContent()).toMatch(/^-/);
    expect(complaints).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
