import { checkMembers, checkObjects } from '@agop/core/options';
import { escapeMarkup } from '../svg/text.ts';
import { type Block, block, blockMarkup } from './blocks.ts';
import { pageStyle } from './style.ts';

/** A part of a page with its own heading. */
export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** What {@link htmlPage} puts on a page. */
export interface PageOptions {
  readonly title: string;
  /** A line below the title. */
  readonly subtitle?: string;
  /** Blocks before the first section. */
  readonly intro?: readonly Block[];
  readonly sections: readonly Section[];
  /** The command that made the page, for a last section of its own. */
  readonly commandLine?: string;
  /** A line at the end, e.g. the command that made the page. */
  readonly footer?: string;
  /** Language of the texts, as in BCP 47. Default `en`. */
  readonly language?: string;
}

/**
 * One self-contained HTML file: no script, no external resource (its content policy forbids them), readable
 * in light and dark and on a phone. All texts are escaped.
 *
 * @throws {OptionError} for a figure whose `svg` is not SVG text, unknown options, and values of another kind
 */
export function htmlPage(options: PageOptions): string {
  checkMembers('htmlPage()', options, {
    ...{ title: 'text', subtitle: 'text?', intro: 'objects?', sections: 'objects' },
    ...{ commandLine: 'text?', footer: 'text?', language: 'text?' },
  });
  for (const [i, section] of options.sections.entries()) {
    checkMembers(`sections[${i}]`, section, { heading: 'text', blocks: 'objects' });
  }
  const title = escapeMarkup(options.title);
  const subtitle =
    options.subtitle === undefined ? '' : `<p class="sub">${escapeMarkup(options.subtitle)}</p>`;
  const { commandLine } = options;
  const made: Section[] =
    commandLine === undefined ? [] : [{ heading: 'How it was made', blocks: [block.code(commandLine)] }];
  const sections = [...options.sections, ...made].map(
    ({ heading, blocks }) => `<section><h2>${escapeMarkup(heading)}</h2>\n${blocksMarkup(blocks)}</section>`,
  );
  const footer = options.footer === undefined ? '' : `<footer>${escapeMarkup(options.footer)}</footer>`;
  return [
    '<!doctype html>',
    `<html lang="${escapeMarkup(options.language ?? 'en')}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline';img-src data:">`,
    `<title>${title}</title>`,
    `<style>\n${pageStyle}\n</style>`,
    '</head>',
    '<body><main>',
    `<header><h1>${title}</h1>${subtitle}</header>`,
    blocksMarkup(options.intro ?? []),
    ...sections,
    footer,
    '</main></body>',
    '</html>',
    '',
  ].join('\n');
}

/**
 * HTML of some blocks, for a page of one's own: neighboring figures share a `<div class="figures">`. All
 * texts are escaped.
 *
 * @throws {OptionError} for what is no block, and a figure whose `svg` is not SVG text
 */
export function blocksMarkup(blocks: readonly Block[]): string {
  let markup = '';
  for (const [i, block] of checkObjects('blocks', blocks, 'blocks').entries()) {
    const inside = blockMarkup(block);
    const isFigure = block.kind === 'figure';
    if (isFigure && blocks[i - 1]?.kind !== 'figure') markup += '<div class="figures">';
    markup += `${inside}\n`;
    if (isFigure && blocks[i + 1]?.kind !== 'figure') markup += '</div>\n';
  }
  return markup;
}
