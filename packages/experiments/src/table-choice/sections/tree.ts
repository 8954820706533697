import { block, type Section } from '@agop/report';

/** The splits of a tree in words. */
export function treeSection(lines: readonly string[]): Section | undefined {
  if (lines.length === 0) return undefined;
  return {
    heading: 'How rows are divided',
    blocks: [
      block.text(
        'The table has too many rows for one fit, so they are divided again and again into halves, by a combination of columns (scaled alike) that predictions change with most: rows where it is low go one way, rows where it is high the other. Each leaf has a fit of its own.',
      ),
      block.code(lines.join('\n')),
    ],
  };
}
