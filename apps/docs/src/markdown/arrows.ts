import type { MarkdownRenderer } from 'vitepress';

/** Drawings of arrows (Mermaid) as tables: from each name, those that its arrows lead to. */
export function arrowTables(md: MarkdownRenderer): void {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, at, options, env, self) => {
    const token = tokens[at];
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, at, options, env, self) ?? '';
    const targets = new Map<string, string[]>();
    for (const [, from = '', to = ''] of token.content.matchAll(/^ *(\S+) --> (\S+)$/gm)) {
      targets.set(from, [...(targets.get(from) ?? []), to]);
    }
    const name = (text: string): string => `<code>${md.utils.escapeHtml(text)}</code>`;
    const rows = [...targets].map(
      ([from, to]) => `<tr><td>${name(from)}</td><td>${to.map(name).join(' ')}</td></tr>`,
    );
    return `<table><thead><tr><th>from</th><th>to</th></tr></thead><tbody>${rows.join('')}</tbody></table>\n`;
  };
}
