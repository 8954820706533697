import { formatNumber, formatPercent } from '@agop/report';
import type { FittedTabular, TreeNode } from '@agop/tabular';

/** Features that a split names. */
const named = 3;
/** Levels that are shown; trees of many leaves have more. */
const mostLevels = 5;

/**
 * The splits of a tree in words, a line each, indented by level.
 *
 * @param names of the columns of the matrix, [d]
 */
export function treeWords({ rows: all, trees, leaves }: FittedTabular, names: readonly string[]): string[] {
  const [root] = trees;
  if (!root || root.kind === 'leaf') return [];
  const rowsOf = (node: TreeNode): number =>
    node.kind === 'leaf' ? (leaves[node.leaf]?.rows ?? 0) : rowsOf(node.left) + rowsOf(node.right);
  const leavesIn = (node: TreeNode): number =>
    node.kind === 'leaf' ? 1 : leavesIn(node.left) + leavesIn(node.right);
  // Of leaves that overlap, how many rows came to the splits above them is not known.
  const isShared = rowsOf(root) > all;
  const lines: string[] = [];
  const tell = (node: TreeNode, level: number, before: string): void => {
    const indent = '  '.repeat(level);
    const rows = level === 0 ? all : rowsOf(node);
    const isCounted = !isShared || level === 0 || node.kind === 'leaf';
    const size = isCounted ? ` (${rows} rows, ${formatPercent(rows / all)})` : '';
    if (node.kind === 'leaf') {
      lines.push(`${indent}${before}leaf ${node.leaf + 1}${size}`);
      return;
    }
    if (level >= mostLevels) {
      lines.push(`${indent}${before}${leavesIn(node)} more leaves${size}`);
      return;
    }
    const { words, isTurned } = directionWords(node.vector, names);
    lines.push(`${indent}${before}divided by ${words}${size}`);
    tell(isTurned ? node.right : node.left, level + 1, 'low: ');
    tell(isTurned ? node.left : node.right, level + 1, 'high: ');
  };
  tell(root, 0, '');
  if (isShared) lines.push(`Neighboring leaves share rows: ${rowsOf(root)} in all.`);
  return lines;
}

/** A direction by its largest entries, the first one positive: `0.8 age - 0.5 income`. */
function directionWords(
  vector: Float64Array,
  names: readonly string[],
): { readonly words: string; readonly isTurned: boolean } {
  const squares = vector.reduce((sum, value) => sum + value ** 2, 0);
  const order = Array.from(vector, (value, k) => ({ value: value / Math.sqrt(squares || 1), k }))
    .filter(({ value }) => Math.abs(value) >= 0.1)
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const sign = Math.sign(order[0]?.value ?? 1);
  const terms = order.slice(0, named).map(({ value, k }, at) => {
    const own = value * (sign < 0 ? -1 : 1);
    const size = formatNumber(Math.abs(own), 2);
    const name = names[k] ?? `column ${k}`;
    const word = size === '1' ? name : `${size} ${name}`;
    return at === 0 ? word : `${own < 0 ? '- ' : '+ '}${word}`;
  });
  const more = order.length > named ? ' + …' : '';
  return {
    words: terms.length === 0 ? 'many columns together' : terms.join(' ') + more,
    isTurned: sign < 0,
  };
}
