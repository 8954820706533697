import type { Program } from './program.ts';

/** What a page or a figure is made by. */
interface Entry {
  /** Started with `pnpm reproduce NAME`, or by a command of its own in the root's package.json. */
  readonly name: string;
  /** What it makes, below the root of the workspace. */
  readonly makes: string;
  /** What it needs besides the source code. */
  readonly needs?: string;
  /** How long it takes on two cores, about. */
  readonly minutes: number;
  readonly load: () => Promise<{ readonly default: Program }>;
}

/** Everything in `apps/docs` that was computed, and the programs that compute it. */
export const manifest: readonly Entry[] = [
  {
    name: 'grokking',
    makes: 'table of papers/grokking.md, papers/results/grokking.json',
    minutes: 20,
    load: () => import('./grokking/table.ts'),
  },
  {
    name: 'grokking-pictures',
    makes: 'pictures of papers/grokking.md, papers/results/grokking-network.json',
    minutes: 30,
    load: () => import('./grokking/pictures.ts'),
  },
  {
    name: 'grokking-network',
    makes: 'a run of a network as in papers/grokking.md',
    minutes: 1,
    load: () => import('./grokking/network.ts'),
  },
  {
    name: 'grokking-check',
    makes: 'whether grokking is as published',
    minutes: 3,
    load: () => import('./grokking/check.ts'),
  },
  {
    name: 'collapse',
    makes: 'papers/deep-rfm.md but for its text, papers/results/collapse.json',
    needs: 'mnist, cifar10',
    minutes: 60,
    load: () => import('./collapse/collapse.ts'),
  },
  {
    name: 'orthogonal',
    makes: 'table of orthogonal classes in papers/deep-rfm.md',
    minutes: 1,
    load: () => import('./collapse/orthogonal.ts'),
  },
  {
    name: 'conv',
    makes: 'papers/conv-rfm.md but for its text, papers/results/conv-rfm',
    needs: 'mnist, cifar10, gtsrb32',
    minutes: 60,
    load: () => import('./filters/filters.ts'),
  },
  {
    name: 'ansatz',
    makes: 'tables and pictures of dense networks in papers/nfa.md, papers/results/ansatz-*.json',
    needs: 'mnist, cifar10',
    minutes: 8,
    load: () => import('./nfa/ansatz.ts'),
  },
  {
    name: 'filters-ansatz',
    makes:
      'tables and pictures of pretrained networks in papers/nfa.md, papers/results/filters-ansatz-*.json',
    needs: 'cifar10',
    minutes: 25,
    load: () => import('./nfa/filters-ansatz.ts'),
  },
  {
    name: 'filter-start',
    makes: 'table and pictures of filters from a ConvRFM in papers/nfa.md, papers/results/filter-start*.json',
    needs: 'cifar10',
    minutes: 12,
    load: () => import('./nfa/filter-start.ts'),
  },
  {
    name: 'hashing',
    makes: 'table and pictures of papers/hashing.md, papers/results/hashing.json',
    needs: 'mnist',
    minutes: 15,
    load: () => import('./hashing/hashing.ts'),
  },
  {
    name: 'hashing-peers',
    makes: 'comparison with HNSW in papers/hashing.md, papers/results/hashing-peers.json',
    needs: 'mnist',
    minutes: 5,
    load: () => import('./hashing/peers.ts'),
  },
  {
    name: 'completion',
    makes: 'table and picture of papers/completion.md, papers/results/completion.json',
    minutes: 10,
    load: () => import('./completion/completion.ts'),
  },
  {
    name: 'interpolation',
    makes: 'tables and pictures of papers/interpolation.md, papers/results/interpolation.json',
    minutes: 1,
    load: () => import('./interpolation/interpolation.ts'),
  },
  {
    name: 'talent',
    makes: 'tables of papers/tabular.md, papers/results/talent.json',
    needs: 'talent',
    minutes: 300,
    load: () => import('./talent/talent.ts'),
  },
  {
    name: 'tables',
    makes: 'tables of papers/tabular.md, papers/results/tables.json',
    needs: 'the shared tables',
    minutes: 180,
    load: () => import('./tables/tables.ts'),
  },
  {
    name: 'trees',
    makes: 'table of splits in papers/tabular.md, papers/results/trees.json',
    needs: 'the shared tables',
    minutes: 15,
    load: () => import('./trees/trees.ts'),
  },
  {
    name: 'uci121-choice',
    makes: 'table of papers/tabular.md, papers/results/uci121-choice.json',
    needs: 'uci121',
    minutes: 20,
    load: () => import('./uci121-choice.ts'),
  },
  {
    name: 'uci121',
    makes: 'papers/uci121.md, papers/results/uci121.json',
    needs: 'uci121',
    minutes: 7,
    load: () => import('./uci121.ts'),
  },
  {
    name: 'subspace',
    makes: 'papers/subspace.md but for its text, papers/results/subspace.json',
    minutes: 15,
    load: () => import('./subspace/subspace.ts'),
  },
  {
    name: 'alignment',
    makes: 'tables and pictures of papers/alignment.md, papers/results/alignment*.json',
    needs: 'mnist, cifar10',
    minutes: 8,
    load: () => import('./networks/alignment.ts'),
  },
  {
    name: 'phenomena',
    makes: 'tables and pictures of papers/phenomena.md, papers/results/phenomena.json',
    needs: 'mnist, cifar10',
    minutes: 3,
    load: () => import('./networks/phenomena.ts'),
  },
  {
    name: 'network-collapse',
    makes: 'tables and pictures of papers/network-collapse.md, papers/results/network-collapse*.json',
    minutes: 8,
    load: () => import('./networks/collapse.ts'),
  },
];
