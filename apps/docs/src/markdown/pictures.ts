import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { root } from '../pages/site-path.ts';
import { fileOf } from './links.ts';

/** Folder of the site that has the pictures. */
export const pictureFolder = 'pictures';

/** A chart for a light, or for a dark page: charts follow the reader's system, pages a switch. */
export function themed(svg: string, theme: 'light' | 'dark'): string {
  return svg.replaceAll(
    '@media (prefers-color-scheme:dark)',
    theme === 'dark' ? '@media all' : '@media not all',
  );
}

/** Pictures of pages become `<Picture>`, with their size, so that nothing moves as they are loaded. */
export function pictures(md: MarkdownRenderer): void {
  md.renderer.rules.image = (tokens, at, _options, env) => {
    const token = tokens[at];
    const source = String(token?.attrGet('src') ?? '');
    const file = posix.join(posix.dirname(fileOf(env)), source);
    const svg = readFileSync(join(root, file), 'utf8').slice(0, 1000);
    const [, width = '480', height = '300'] = / width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    const name = file.replace(/^apps\/docs\//, '').replace(/\.svg$/, '');
    const alt = md.utils.escapeHtml(token?.content ?? '');
    return `<Picture name="${name}" :width="${width}" :height="${height}" alt="${alt}" />`;
  };
}
