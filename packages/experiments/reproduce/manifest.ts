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

/** Everything in `docs` that was computed, and the programs that compute it. */
export const manifest: readonly Entry[] = [
  {
    name: 'grokking',
    makes: 'table of docs/grokking.md, docs/results/grokking.json',
    minutes: 20,
    load: () => import('./grokking/table.ts'),
  },
  {
    name: 'grokking-pictures',
    makes: 'pictures of docs/grokking.md, docs/results/grokking-network.json',
    minutes: 30,
    load: () => import('./grokking/pictures.ts'),
  },
  {
    name: 'grokking-network',
    makes: 'a run of a network as in docs/grokking.md',
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
    makes: 'docs/deep-rfm.md but for its text, docs/results/collapse.json',
    needs: 'mnist, cifar10',
    minutes: 60,
    load: () => import('./collapse/collapse.ts'),
  },
  {
    name: 'orthogonal',
    makes: 'table of orthogonal classes in docs/deep-rfm.md',
    minutes: 1,
    load: () => import('./collapse/orthogonal.ts'),
  },
  {
    name: 'conv',
    makes: 'docs/conv-rfm.md but for its text, docs/results/conv-rfm',
    needs: 'mnist, cifar10, gtsrb32',
    minutes: 60,
    load: () => import('./filters/filters.ts'),
  },
  {
    name: 'ansatz',
    makes: 'tables and pictures of dense networks in docs/nfa.md, docs/results/ansatz-*.json',
    needs: 'mnist, cifar10',
    minutes: 8,
    load: () => import('./nfa/ansatz.ts'),
  },
  {
    name: 'filters-ansatz',
    makes: 'tables and pictures of pretrained networks in docs/nfa.md, docs/results/filters-ansatz-*.json',
    needs: 'cifar10',
    minutes: 25,
    load: () => import('./nfa/filters-ansatz.ts'),
  },
  {
    name: 'filter-start',
    makes: 'table and pictures of filters from a ConvRFM in docs/nfa.md, docs/results/filter-start.json',
    needs: 'cifar10',
    minutes: 8,
    load: () => import('./nfa/filter-start.ts'),
  },
  {
    name: 'hashing',
    makes: 'table and pictures of docs/hashing.md, docs/results/hashing.json',
    needs: 'mnist',
    minutes: 15,
    load: () => import('./hashing/hashing.ts'),
  },
  {
    name: 'hashing-peers',
    makes: 'comparison with HNSW in docs/hashing.md, docs/results/hashing-peers.json',
    needs: 'mnist',
    minutes: 5,
    load: () => import('./hashing/peers.ts'),
  },
  {
    name: 'completion',
    makes: 'table and picture of docs/completion.md, docs/results/completion.json',
    minutes: 10,
    load: () => import('./completion/completion.ts'),
  },
  {
    name: 'interpolation',
    makes: 'tables and pictures of docs/interpolation.md, docs/results/interpolation.json',
    minutes: 1,
    load: () => import('./interpolation/interpolation.ts'),
  },
  {
    name: 'talent',
    makes: 'tables of docs/tabular.md, docs/results/talent.json',
    needs: 'talent',
    minutes: 300,
    load: () => import('./talent/talent.ts'),
  },
  {
    name: 'tables',
    makes: 'tables of docs/tabular.md, docs/results/tables.json',
    needs: 'the shared tables',
    minutes: 60,
    load: () => import('./tables/tables.ts'),
  },
  {
    name: 'uci121-choice',
    makes: 'table of docs/tabular.md, docs/results/uci121-choice.json',
    needs: 'uci121',
    minutes: 20,
    load: () => import('./uci121-choice.ts'),
  },
  {
    name: 'uci121',
    makes: 'docs/uci121.md, docs/results/uci121.json',
    needs: 'uci121',
    minutes: 7,
    load: () => import('./uci121.ts'),
  },
  {
    name: 'subspace',
    makes: 'docs/subspace.md but for its text, docs/results/subspace.json',
    minutes: 15,
    load: () => import('./subspace/subspace.ts'),
  },
  {
    name: 'alignment',
    makes: 'tables and pictures of docs/alignment.md, docs/results/alignment.json',
    needs: 'cifar10',
    minutes: 6,
    load: () => import('./networks/alignment.ts'),
  },
  {
    name: 'phenomena',
    makes: 'tables and pictures of docs/phenomena.md, docs/results/phenomena.json',
    needs: 'mnist, cifar10',
    minutes: 2,
    load: () => import('./networks/phenomena.ts'),
  },
  {
    name: 'network-collapse',
    makes: 'tables and pictures of docs/network-collapse.md, docs/results/network-collapse.json',
    minutes: 4,
    load: () => import('./networks/collapse.ts'),
  },
];
