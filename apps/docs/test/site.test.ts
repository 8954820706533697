import { expectAccessible, openSite, picture, useBrowser } from '@agop/site/testing';
import type { Page } from 'playwright';
import { expect, inject, test } from 'vitest';

useBrowser();

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test('the start page says what it is, is light or dark as the reader likes, and has a panel', async () => {
  await using site = await openSite('isolated', { viewport: { width: 1300, height: 900 } });
  const { page, complaints } = site;
  expect(await page.title()).toContain('agop');
  await page.getByRole('heading', { name: 'Why features matter' }).waitFor();
  await expectAccessible(page);
  await picture(page, 'docs-start');
  await page.getByRole('switch').first().click();
  await expect.poll(() => background(page)).toBe('rgb(16, 19, 22)');
  await page.getByRole('heading', { name: 'See it happen' }).scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: /Diabetes/ }).click();
  await page.getByRole('button', { name: 'Fit', exact: true }).waitFor();
  await expectAccessible(page);
  await picture(page, 'docs-start-dark');
  expect(complaints).toEqual([]);
});

test('below any path of a plain host links lead from page to page, and to the other parts', async () => {
  await using site = await openSite('plain', { serviceWorkers: 'block' });
  const { page, complaints } = site;
  const at = (path: string) => new URL(path, inject('plainSite')).href;
  const main = page.getByRole('main');
  // A step that loads only what is new, to a folder below, and from there to one beside it.
  await main.getByRole('link', { name: 'In five minutes' }).first().click();
  await page.getByRole('heading', { name: 'In five minutes' }).waitFor();
  expect(page.url()).toBe(at('guide/start.html'));
  await page.getByRole('link', { name: 'Grokking', exact: true }).first().click();
  await page.getByRole('heading', { name: /^Grokking: modular arithmetic/ }).waitFor();
  expect(page.url()).toBe(at('papers/grokking.html'));
  await page.getByRole('link', { name: 'In five minutes' }).first().click();
  await page.waitForURL(at('guide/start.html'));
  await main.getByRole('link', { name: 'the playground' }).click();
  await page.locator('.drop-zone').waitFor();
  expect(page.url()).toBe(at('playground/'));
  await page.getByRole('link', { name: 'Documentation' }).click();
  await page.getByRole('heading', { name: 'Why features matter' }).waitFor();
  expect(page.url()).toBe(at(''));
  await page.goBack();
  await page.goBack();
  await page.reload();
  await page.getByRole('heading', { name: 'In five minutes' }).waitFor();
  expect(complaints).toEqual([]);
});

test('an address that the site does not have leads back to it; nothing leads to what was not built', async () => {
  await using site = await openSite('plain', { serviceWorkers: 'block', at: 'packages/' });
  const { page } = site;
  expect(await page.locator('a[href*="/api/"]').count()).toBe(0);
  const answer = await page.goto(new URL('guide/no/such-page', inject('plainSite')).href);
  // The page has found out by itself how far up the site begins.
  expect(answer?.status()).toBe(404);
  await page.getByText('PAGE NOT FOUND').waitFor();
  await page.getByRole('link', { name: 'home' }).click();
  await page.getByRole('heading', { name: 'Why features matter' }).waitFor();
  expect(page.url()).toBe(inject('plainSite'));
});

test('a guide shows programs that are run elsewhere, on a phone too', async () => {
  await using site = await openSite('isolated', { ...phone, at: 'guide/own-kernel.html' });
  const { page, complaints } = site;
  await page.getByText('const rationalQuadratic').waitFor();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await picture(page, 'docs-guide-phone');
  await page.goto(new URL('papers/tabular.html', inject('isolatedSite')).href);
  await page.getByRole('heading', { name: 'TALENT' }).waitFor();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await picture(page, 'docs-tables-phone');
  expect(complaints).toEqual([]);
});

test('a page of a paper has its pictures in the colors of the page, and groks', async () => {
  await using site = await openSite('isolated', { at: 'papers/grokking.html', colorScheme: 'dark' });
  const { page, complaints } = site;
  const name = /^Test accuracy per iteration for the four operations/;
  const chart = page.getByRole('img', { name }).filter({ visible: true });
  await chart.scrollIntoViewIfNeeded();
  expect(await chart.getAttribute('src')).toContain('accuracy.dark.svg');
  await expect
    .poll(() => chart.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
    .toBe(480);
  const panel = page.getByRole('region', { name: 'Grokking, live' });
  await panel.getByLabel('modulo').selectOption('13');
  await panel.getByRole('button', { name: 'Run', exact: true }).click();
  const slider = panel.getByRole('slider', { name: 'Iteration' });
  await expect.poll(() => slider.inputValue()).toBe('29');
  expect(await panel.locator('.numbers').textContent()).toContain('training loss');
  await expectAccessible(page);
  await picture(page, 'docs-grokking-dark');
  const link = panel.getByRole('link', { name: 'Open in the playground' });
  expect(await link.evaluate((a: HTMLAnchorElement) => a.href)).toContain('/playground/#grokking');
  expect(complaints).toEqual([]);
});

test('the search finds a word of a page, without a service', async () => {
  await using site = await openSite('plain', { serviceWorkers: 'block', at: 'guide/method.html' });
  const { page, complaints } = site;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').fill('circulant deviation');
  const found = page.getByRole('dialog').getByRole('link').first();
  await found.waitFor();
  expect(await found.textContent()).toContain('Grokking');
  await expect.poll(() => found.locator('mark').allTextContents()).toContain('Circulant');
  await expectAccessible(page);
  await picture(page, 'docs-search');
  await page.keyboard.press('Enter');
  await page.waitForURL(/papers\/grokking\.html/);
  expect([...new Set(asked)]).toEqual([new URL(page.url()).origin]);
  expect(complaints).toEqual([]);
});
