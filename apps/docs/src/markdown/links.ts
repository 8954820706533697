import { relative, sep } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { hasReference } from '../pages/reference.ts';
import { root, targetOf } from '../pages/site-path.ts';

/** The file of the page that is rendered, from the workspace. */
export function fileOf(env: { readonly realPath?: string; readonly path?: string }): string {
  return relative(root, env.realPath ?? env.path ?? root)
    .split(sep)
    .join('/');
}

/** How READMEs, which are read in the registry, too, speak of other packages. */
const registryPage = /^https:\/\/www\.npmjs\.com\/package\/@agop\/([\w-]+)(#.*)?$/;

/**
 * Links of pages are those between files of the workspace, so that they also work where files are read as they
 * are. In the site they lead to the page of a file; a link to a file that is no page is only its text,
 * and so is one to the reference in a site without it.
 */
export function workspaceLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('workspace-links', (state) => {
    for (const { children } of state.tokens) {
      let isOpen = false;
      for (const token of children ?? []) {
        if (token.type === 'link_close' && isOpen) {
          token.tag = 'span';
          isOpen = false;
        }
        if (token.type !== 'link_open') continue;
        const href = String(token.attrGet('href') ?? '');
        const [, name, hash = ''] = registryPage.exec(href) ?? [];
        if (name !== undefined) token.attrSet('href', `/packages/${name}.md${hash}`);
        const isKept = hasReference || !href.startsWith('/api/');
        if (isKept && /^(?:[a-z]+:|#|\/)/.test(href)) continue;
        const target = isKept ? targetOf(fileOf(state.env), href) : undefined;
        if (target === undefined) {
          token.tag = 'span';
          token.attrs = [];
          isOpen = true;
        } else {
          token.attrSet('href', target);
        }
      }
    }
  });
}
