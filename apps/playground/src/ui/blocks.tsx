import { type Block, blocksMarkup } from '@agop/report';
import type { JSX } from 'preact';
import { inPageScheme } from './color-scheme.ts';

/** Blocks of a report, as the program's pages have them. */
export function Blocks({ blocks }: { readonly blocks: readonly Block[] }): JSX.Element {
  // The markup is made by the report's own functions, which escape every text.
  return <div class="report" dangerouslySetInnerHTML={{ __html: inPageScheme(blocksMarkup(blocks)) }} />;
}
