import { type OpenPage, openSite } from '@agop/site/testing';
import type { BrowserContextOptions } from 'playwright';

/** Opens the playground. On the plain host a service worker adds isolation, unless it is blocked. */
export function openPlayground(
  host: 'isolated' | 'plain',
  { hash = '', ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<OpenPage> {
  return openSite(host, { ...options, at: `playground/${hash}`, shows: '.panel' });
}
