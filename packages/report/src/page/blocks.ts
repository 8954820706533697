import { OptionError } from '@agop/core';
import { checkList, checkMembers, oneOf } from '@agop/core/options';
import { escapeMarkup, formatNumber } from '../svg/text.ts';

/**
 * A cell of a table: text (right-aligned in columns of numbers), a number (four significant digits), or
 * nothing.
 */
export type Cell = string | number | null;

/**
 * A piece of a page. All texts are plain text; only `svg` is markup, and comes from the charts of this
 * package.
 */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: string | number])[] }
  | { readonly kind: 'figure'; readonly svg: string; readonly caption?: string }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly header: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
      /** Rows to emphasise, from 0. */
      readonly marked?: readonly number[];
    }
  | { readonly kind: 'code'; readonly text: string };

/** Blocks without their ceremony. */
export const block = {
  text: (text: string): Block => ({ kind: 'text', text }),
  facts: (facts: readonly (readonly [name: string, value: string | number])[]): Block => ({
    kind: 'facts',
    facts,
  }),
  figure: (svg: string, caption?: string): Block => ({
    kind: 'figure',
    svg,
    ...(caption !== undefined && { caption }),
  }),
  table: (table: Omit<Block & { kind: 'table' }, 'kind'>): Block => ({ kind: 'table', ...table }),
  code: (text: string): Block => ({ kind: 'code', text }),
} as const;

/** HTML of one block. */
export function blockMarkup(block: Block): string {
  checkBlock(block);
  switch (block.kind) {
    case 'text':
      return `<p>${escapeMarkup(block.text)}</p>`;
    case 'facts':
      return `<dl>${block.facts.map(([name, value]) => fact(name, value)).join('')}</dl>`;
    case 'figure':
      return figure(block.svg, block.caption);
    case 'table':
      return table(block);
    case 'code':
      return `<pre tabindex="0"><code>${escapeMarkup(block.text)}</code></pre>`;
  }
}

function fact(name: string, value: string | number): string {
  const text = typeof value === 'number' ? formatNumber(value) : value;
  return `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(text)}</dd></div>`;
}

function figure(svg: string, caption: string | undefined): string {
  if (!svg.startsWith('<svg '))
    throw new OptionError('svg', 'A figure needs the SVG text that a chart function gave.');
  const text = caption === undefined ? '' : `<figcaption>${escapeMarkup(caption)}</figcaption>`;
  // Narrower than its texts can be read a chart does not get: it scrolls.
  return `<figure><div class="chart" tabindex="0">${svg}</div>${text}</figure>`;
}

/** Tables with texts of more characters are no tables on a phone: their rows become lists of named values. */
const longText = 48;

function table(block: Block & { kind: 'table' }): string {
  const numeric = block.header.map((_, i) => block.rows.every((row) => isNumeric(row[i])));
  const wordy = block.header.map((_, i) => block.rows.some((row) => cellText(row[i]).length > longText));
  const isStacked = wordy.includes(true);
  const align = (i: number) => (numeric[i] ? ' class="n"' : wordy[i] ? ' class="t"' : '');
  const named = (i: number) => (isStacked ? ` data-name="${escapeMarkup(block.header[i] ?? '')}"` : '');
  const head = block.header
    .map((text, i) => `<th scope="col"${align(i)}>${escapeMarkup(text)}</th>`)
    .join('');
  const marked = new Set(block.marked);
  const rows = block.rows.map((row, r) => {
    const cells = row.map((cell, i) => `<td${align(i)}${named(i)}>${cellText(cell)}</td>`).join('');
    return `<tr${marked.has(r) ? ' class="m"' : ''}>${cells}</tr>`;
  });
  return (
    '<div class="wide" tabindex="0">' +
    `<table${isStacked ? ' class="s"' : ''}><caption>${escapeMarkup(block.caption)}</caption><thead><tr>${head}</tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
}

const numberPattern = '[−-]?\\d+(\\.\\d+)?(e[+−-]?\\d+)?( %)?';
const numericText = new RegExp(`^(${numberPattern}( (±|to) ${numberPattern})?)?$`);

/** Numbers as such or as text, with a sign, an exponent or a percent sign, or two of them; empty cells. */
function isNumeric(cell: Cell | undefined): boolean {
  return typeof cell !== 'string' || numericText.test(cell);
}

function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  return escapeMarkup(typeof cell === 'number' ? formatNumber(cell) : cell);
}

const blockKinds = {
  text: { kind: 'text', text: 'text' },
  facts: { kind: 'text', facts: 'lists' },
  figure: { kind: 'text', svg: 'text', caption: 'text?' },
  table: { kind: 'text', caption: 'text', header: 'texts', rows: 'lists', marked: 'numbers?' },
  code: { kind: 'text', text: 'text' },
} as const;

/** @throws {OptionError} for what is no block */
function checkBlock(block: Block): void {
  const given: unknown = block;
  const kind = typeof given === 'object' && given !== null && 'kind' in given ? given.kind : undefined;
  const known = Object.entries(blockKinds).find(([name]) => name === kind)?.[1];
  if (known === undefined) {
    throw new OptionError('kind', { requirement: oneOf(Object.keys(blockKinds)), received: kind });
  }
  checkMembers('a block', block, known);
  const isText = (cell: unknown): boolean => typeof cell === 'string' || typeof cell === 'number';
  for (const row of block.kind === 'table' ? block.rows : []) {
    checkList('rows', row, 'texts and numbers', (cell) => cell === null || isText(cell));
  }
  for (const [name, value] of block.kind === 'facts' ? block.facts : []) {
    if (typeof name === 'string' && isText(value)) continue;
    throw new OptionError('facts', { requirement: 'be pairs of a name and a value', received: name });
  }
}
