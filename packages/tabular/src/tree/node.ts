/** A place where rows part: those with `x · vector` at most `threshold` go to the left. */
export interface Split {
  readonly kind: 'split';
  /** [d] */
  readonly vector: Float64Array;
  /** The median of the projections of the training rows. */
  readonly threshold: number;
  /** The range between their quartiles, the unit of the routing's temperature. Positive. */
  readonly scale: number;
  readonly left: TreeNode;
  readonly right: TreeNode;
}

/** The end of a branch. */
export interface LeafNode {
  readonly kind: 'leaf';
  /** Its number among the leaves of all trees. */
  readonly leaf: number;
}

/** A binary tree over rows. */
export type TreeNode = Split | LeafNode;

/** The splits of a tree, from the root to the left to the right. */
export function splitsOf(node: TreeNode): Split[] {
  return node.kind === 'leaf' ? [] : [node, ...splitsOf(node.left), ...splitsOf(node.right)];
}

/** The leaves of a tree, from left to right, with their levels: 0 for the root. */
export function leavesOf(node: TreeNode, level = 0): { readonly leaf: number; readonly level: number }[] {
  if (node.kind === 'leaf') return [{ leaf: node.leaf, level }];
  return [...leavesOf(node.left, level + 1), ...leavesOf(node.right, level + 1)];
}
