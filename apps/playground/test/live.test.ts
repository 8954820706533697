import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectAccessible, picture, useBrowser } from '@agop/site/testing';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { openPlayground } from './open-playground.ts';

useBrowser();

const runButton = (page: Page) => page.getByRole('button', { name: 'Run', exact: true });

/** Different colors on the canvas of the panel that is shown. */
function colorsOf(page: Page): Promise<number> {
  return page.locator('canvas:visible').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    return new Set(new Uint32Array(new Uint8ClampedArray(data).buffer)).size;
  });
}

test.each(['isolated', 'plain'] as const)('p = 31 groks in the page, %s', async (host) => {
  const blocked = { serviceWorkers: host === 'plain' ? 'block' : 'allow' } as const;
  await using site = await openPlayground(host, { ...blocked, hash: '#grokking' });
  const { page, complaints } = site;
  expect(await page.getByLabel('modulo').inputValue()).toBe('31');
  await runButton(page).click();
  await page.getByText(/Iteration ([3-9]|[12]\d) of 29/).waitFor();
  expect(await colorsOf(page)).toBeGreaterThan(50);
  await page.getByRole('heading', { name: 'The metric it learned' }).waitFor();
  await page.getByText(/leaves the level of chance .* and is 100 % from \d+ on/).waitFor();
  // The film ends with the last iteration, and can be moved.
  await expect.poll(() => page.getByRole('slider', { name: 'Iteration' }).inputValue()).toBe('29');
  expect(await page.locator('.numbers').textContent()).toContain('test accuracy100.0 %');
  await page.getByRole('slider', { name: 'Iteration' }).press('Home');
  expect(await page.locator('.numbers').textContent()).toMatch(/test accuracy[0-3]\.\d %/);
  await expectAccessible(page);
  await picture(page, `grokking-${host}`);
  expect(complaints).toEqual([]);
});

test('a run of p = 61 is stopped in the middle, and another one begun', async () => {
  await using site = await openPlayground('isolated', { hash: '#grokking' });
  const { page, complaints } = site;
  await page.getByLabel('modulo').selectOption('61');
  await runButton(page).click();
  await page.getByText(/Iteration \d+ of 29/).waitFor();
  // One panel has the engine at a time.
  await page.getByRole('link', { name: 'Collapse' }).click();
  await page.getByText('The engine is busy with grokking').waitFor();
  expect(await page.locator('.collapse-panel button.primary').isDisabled()).toBe(true);
  await page.getByRole('link', { name: 'Grokking' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped').waitFor();
  await page.getByLabel('modulo').selectOption('13');
  await runButton(page).click();
  await page.getByRole('heading', { name: 'x + y mod 13' }).waitFor();
  expect(complaints).toEqual([]);
});

test('digits become points', async () => {
  await using site = await openPlayground('isolated', { hash: '#collapse', colorScheme: 'dark' });
  const { page, complaints } = site;
  await page.getByLabel('Digits that train').selectOption('200');
  await page.getByLabel('Layers').selectOption('4');
  await runButton(page).click();
  await page.getByRole('heading', { name: 'Classes become points' }).waitFor();
  await expect.poll(() => page.getByRole('slider', { name: 'Layer' }).inputValue()).toBe('4');
  expect(await colorsOf(page)).toBeGreaterThan(20);
  expect(await page.locator('.numbers').textContent()).toMatch(/of means0\.0/);
  await expectAccessible(page);
  await picture(page, 'collapse-dark');
  expect(complaints).toEqual([]);
});

test('edge detectors appear on the photographs that come with the page, and on others', async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  await using site = await openPlayground('isolated', { ...phone, hash: '#filters' });
  const { page, complaints } = site;
  await page.getByRole('img', { name: 'flower' }).waitFor();
  await runButton(page).click();
  await page.getByRole('heading', { name: 'What the model attends to' }).waitFor();
  await page.getByRole('heading', { name: 'The filters it found' }).waitFor();
  expect(
    await page.getByText(/Round 3: [\d.]+ % of 60 other pieces .*: [\d.]+ % to [\d.]+ %\)/).count(),
  ).toBe(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  await picture(page, 'filters-phone');

  const text = join(tmpdir(), `agop-no-photograph-${process.pid}.jpg`);
  writeFileSync(text, 'This is no photograph.');
  await page.locator('.filters-panel input[type=file]').setInputFiles([text]);
  await page.getByRole('alert').filter({ hasText: 'is no image that this browser can read' }).waitFor();
  expect(complaints).toEqual([]);
});

test('another number of threads starts the engine anew', async () => {
  await using site = await openPlayground('isolated', { hash: '#grokking' });
  const { page, complaints } = site;
  await page.locator('.engine-menu summary').click();
  await page.getByLabel('Threads').selectOption('1');
  await page
    .locator('.engine-menu')
    .getByText(/1 thread, relaxed SIMD/)
    .waitFor();
  await page.getByLabel('SIMD').selectOption('baseline');
  await page
    .locator('.engine-menu')
    .getByText(/1 thread, baseline SIMD/)
    .waitFor();
  await expectAccessible(page);
  await picture(page, 'engine-menu');
  expect(complaints).toEqual([]);
});

test('WebGPU computes where there is an adapter, and the menu says on what', async (context) => {
  await using site = await openPlayground('isolated', { hash: '#grokking' });
  const { page, complaints } = site;
  await page.locator('.engine-menu summary').click();
  const adapter = await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) !== null);
  if (!adapter) context.skip('this browser has no adapter for WebGPU');
  await page.getByLabel('Engine', { exact: true }).selectOption('WebGPU');
  await page
    .locator('.engine-menu')
    .getByText(/WebGPU on .*, .* billion operations a second/)
    .waitFor();
  expect(await page.getByLabel('Threads').isDisabled()).toBe(true);
  await expectAccessible(page);
  await picture(page, 'engine-menu-webgpu');
  expect(complaints).toEqual([]);
});
