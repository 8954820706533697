// Asks for every page of others that the built site links to. It needs the network, so it is no test.
//
//   pnpm site && pnpm site:links
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { siteFolder } from './apps.ts';

/** A link to a page of others, and a page of the site that has it. */
export interface ExternalLink {
  readonly url: string;
  readonly page: string;
}

/** Those of a built site but for its reference, each once, without what stands after `#`. */
export function externalLinks(folder: string): ExternalLink[] {
  const found = new Map<string, string>();
  for (const page of globSync('**/*.html', { cwd: folder }).toSorted()) {
    if (page.startsWith('api')) continue;
    const html = readFileSync(join(folder, page), 'utf8');
    for (const [, url = ''] of html.matchAll(/<a\b[^>]*?\shref="(https?:\/\/[^"#]*)/g)) {
      const whole = url.replaceAll('&amp;', '&');
      if (!found.has(whole)) found.set(whole, page);
    }
  }
  return [...found].map(([url, page]) => ({ url, page }));
}

/** What the answer to a link is, if it is none of a page that is there. */
export async function faultOf(
  { url, page }: ExternalLink,
  ask: typeof fetch = fetch,
): Promise<string | undefined> {
  try {
    // Some hosts do not know HEAD.
    const { status } = await ask(url, { signal: AbortSignal.timeout(20_000), redirect: 'follow' });
    // Pages that ask who one is are there.
    return status < 400 || status === 401 || status === 403 || status === 429
      ? undefined
      : `${url}: ${status} (${page})`;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return `${url}: ${cause instanceof Error ? cause.message : cause} (${page})`;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const links = externalLinks(siteFolder);
  const faults: string[] = [];
  // A few at a time, as hosts ask for.
  const waiting = [...links];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let link = waiting.shift(); link; link = waiting.shift()) {
        const fault = await faultOf(link);
        if (fault !== undefined) faults.push(fault);
      }
    }),
  );
  console.log(`${links.length} links, ${faults.length} without an answer`);
  for (const fault of faults.toSorted()) console.log(`  ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
