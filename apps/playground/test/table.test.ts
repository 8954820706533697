import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expectAccessible, picture, useBrowser } from '@agop/site/testing';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Download, Page } from 'playwright';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { openPlayground } from './open-playground.ts';

useBrowser();

const root = join(import.meta.dirname, '../../..');
const diabetes = join(root, 'examples/data/diabetes.csv.gz');
const folder = mkdtempSync(join(tmpdir(), 'agop-playground-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fitButton = (page: Page) => page.getByRole('button', { name: 'Fit', exact: true });
const scoreBoard = (page: Page) => page.getByRole('heading', { name: 'Score board' });
const prediction = (page: Page) => page.getByTestId('prediction');

async function openDiabetes(page: Page, seconds: string): Promise<void> {
  await page.getByRole('button', { name: /Diabetes/ }).click();
  await fitButton(page).waitFor();
  await page.getByLabel('within').selectOption(seconds);
}

/** @param suggested what the page calls the file */
async function saved(page: Page, button: string, name: string, suggested: string): Promise<string> {
  const waiting: Promise<Download> = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const path = join(folder, name);
  const download = await waiting;
  expect(download.suggestedFilename()).toBe(suggested);
  await download.saveAs(path);
  return path;
}

/** A score of the board. */
async function scoreOf(page: Page, name: string): Promise<number> {
  const term = page.locator('dt', { hasText: new RegExp(`: ${name}$`) });
  return Number.parseFloat((await term.locator('xpath=following-sibling::dd[1]').textContent()) ?? '');
}

/** Predictions for diabetes by `agop predict`, as CSV. */
async function predictInProgram(model: string): Promise<string> {
  const args = ['-C', '@agop/source', 'packages/cli/src/main.ts', 'predict', model, diabetes];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout;
}

/** The column of predictions of a CSV file. */
function columnOf(csv: string): number[] {
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[0]));
}

describe.each(['isolated', 'plain'] as const)('%s', (host) => {
  // Without a service worker a plain host gives one thread.
  const blocked = { serviceWorkers: host === 'plain' ? 'block' : 'allow' } as const;

  test('fits diabetes; its model predicts in the program what it predicts in the page', async () => {
    await using site = await openPlayground(host, blocked);
    const { page, complaints } = site;
    await picture(page, `table-${host}-start`);
    await openDiabetes(page, '5');
    await expectAccessible(page);
    await fitButton(page).click();
    await scoreBoard(page).waitFor();
    const threads = await page.locator('.engine-menu summary').textContent();
    expect(threads).toContain(host === 'plain' ? '1 thread' : 'threads');
    expect(await page.getByText('mean squared error: settings chosen').count()).toBe(1);
    // It begins with the better model.
    const isChosenBetter = (await scoreOf(page, 'settings chosen')) < (await scoreOf(page, 'RFM'));
    const better = isChosenBetter ? 'settings chosen' : 'RFM';
    expect(await page.getByRole('radio', { name: better }).isChecked()).toBe(true);
    await page.getByRole('radio', { name: 'RFM' }).check();
    await page.getByRole('heading', { name: 'Features it found' }).waitFor();

    const before = await prediction(page).textContent();
    const slider = page.getByRole('slider', { name: 'bmi' });
    await slider.focus();
    for (let i = 0; i < 20; i++) await slider.press('ArrowRight');
    await expect.poll(() => prediction(page).textContent()).not.toBe(before);
    expect(await page.locator('.slider').first().textContent()).toMatch(/gradient [+−\d]/);
    await expectAccessible(page);
    await picture(page, `table-${host}`);

    // Both models: that of the recursion, and what the choice of settings has found, which takes longer here.
    const models = new Map<string, string>();
    for (const kind of host === 'isolated' ? ['RFM', 'settings chosen'] : ['RFM']) {
      await page.getByRole('radio', { name: kind }).check();
      const word = kind === 'RFM' ? 'rfm' : 'chosen';
      const name = `diabetes-${word}-predictions.csv`;
      const csv = await saved(page, 'Predictions as CSV', `${host}.csv`, name);
      const inPage = columnOf(readFileSync(csv, 'utf8'));
      const file = `${host} ${kind}.safetensors`;
      const model = await saved(page, 'Model file', file, `diabetes-${word}.safetensors`);
      models.set(kind, model);
      const inProgram = columnOf(await predictInProgram(model));
      expect(inPage).toHaveLength(442);
      for (const [i, value] of inProgram.entries()) expect(inPage[i]).toBeCloseTo(value, 3);
    }
    await page.getByRole('radio', { name: 'settings chosen' }).check();
    await page.getByRole('heading', { name: 'What was tried' }).waitFor();
    await expectAccessible(page);
    await picture(page, `table-${host}-chosen`);

    // The file is taken back, also without its table.
    await page.reload();
    await page.locator('input[accept=".safetensors"]').setInputFiles(models.get('RFM') ?? '');
    await expect.poll(() => prediction(page).textContent()).toMatch(/^\d/);
    const chosen = models.get('settings chosen');
    if (chosen) await page.locator('input[accept=".safetensors"]').setInputFiles(chosen);
    await page
      .getByText(/^gradient/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });
});

test('stops in the middle, and keeps what it has', async () => {
  await using site = await openPlayground('isolated');
  const { page, complaints } = site;
  await openDiabetes(page, '60');
  await fitButton(page).click();
  await page.getByText(/Choosing settings/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await scoreBoard(page).waitFor();
  expect(await page.getByRole('status').allTextContents()).toContain('Stopped');
  expect(await page.getByText('settings chosen').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('takes TSV that is dropped, JSON lines, Parquet and classes; says what is wrong with other files', async () => {
  await using site = await openPlayground('isolated', { colorScheme: 'dark' });
  const { page, complaints } = site;
  const rows = Array.from({ length: 60 }, (_, i) => ({
    code: 100 + (i % 3),
    size: Math.round(100 * Math.sin(i)) / 100,
    kind: i % 3 === 0 ? 'a' : 'b',
  }));
  const tsv = ['code\tsize\tkind', ...rows.map(({ code, size, kind }) => `${code}\t${size}\t${kind}`)].join(
    '\n',
  );
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'kinds.tsv'));
    return data;
  }, tsv);
  await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer: transfer });
  await page.getByText('kinds.tsv: 60 rows, 3 columns').waitFor();
  expect(await page.getByLabel('Predict', { exact: true }).inputValue()).toBe('kind');
  await page.getByLabel('What code is').selectOption('categorical');
  await expect.poll(() => page.getByLabel('What code is').isEnabled()).toBe(true);
  await page.getByLabel('within').selectOption('5');
  await page.getByLabel('choose settings, too').uncheck();
  await fitButton(page).click();
  await scoreBoard(page).waitFor();
  expect(await page.getByText('accuracy: RFM').count()).toBe(1);
  expect(await prediction(page).textContent()).toMatch(/^[ab] · /);
  // A code is a category now, which is chosen from a list.
  await page.getByRole('combobox', { name: 'code', exact: true }).selectOption('101');
  await expect.poll(() => prediction(page).textContent()).toMatch(/^b · /);
  await picture(page, 'table-classes-dark');
  await expectAccessible(page);

  const input = page.locator('.drop-zone input').first();
  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  writeFileSync(join(folder, 'kinds.jsonl'), lines);
  await input.setInputFiles(join(folder, 'kinds.jsonl'));
  await page.getByText('kinds.jsonl: 60 rows, 3 columns').waitFor();
  const columnData = (['code', 'size', 'kind'] as const).map((name) => ({
    name,
    data: rows.map((row) => row[name]),
  }));
  writeFileSync(join(folder, 'kinds.parquet'), new Uint8Array(parquetWriteBuffer({ columnData })));
  await input.setInputFiles(join(folder, 'kinds.parquet'));
  await page.getByText('kinds.parquet: 60 rows, 3 columns').waitFor();
  writeFileSync(join(folder, 'photo.csv'), new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]));
  await input.setInputFiles(join(folder, 'photo.csv'));
  await page.getByRole('alert').filter({ hasText: 'an image (PNG)' }).waitFor();
  expect(complaints).toEqual([]);
});

test('a phone refuses a table that is too large for it, and shows all of itself', async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  await using site = await openPlayground('isolated', phone);
  const { page, complaints } = site;
  expect(await page.getByText('at most 384 MiB').count()).toBe(1);
  writeFileSync(join(folder, 'large.csv'), 'a,b\n'.repeat(9_000_000));
  await page.locator('.drop-zone input').first().setInputFiles(join(folder, 'large.csv'));
  await page.getByRole('alert').filter({ hasText: '32 MB at most' }).waitFor();
  await openDiabetes(page, '5');
  await page.getByLabel('choose settings, too').uncheck();
  await fitButton(page).click();
  await scoreBoard(page).waitFor();
  await page.getByRole('heading', { name: 'Features it found' }).waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await picture(page, 'table-phone');
  expect(complaints).toEqual([]);
});

test('a plain host gets threads by the service worker, and the page works offline', async () => {
  await using site = await openPlayground('plain');
  const { page, complaints } = site;
  await page.waitForFunction(() => globalThis.crossOriginIsolated);
  await page.getByText('works offline from now on').waitFor();
  await page.context().setOffline(true);
  await page.reload();
  await openDiabetes(page, '5');
  await page.getByLabel('choose settings, too').uncheck();
  await fitButton(page).click();
  await scoreBoard(page).waitFor();
  expect(await page.locator('.engine-menu summary').textContent()).toContain('threads');
  await page.getByRole('heading', { name: 'Features it found' }).waitFor();
  expect(complaints).toEqual([]);
  expect(inject('plainSite')).toContain('/some/folder/');
});
