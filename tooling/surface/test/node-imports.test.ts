import { expect, test } from 'vitest';
import { entries } from '../src/entries.ts';
import { nodeImports } from '../src/node-imports.ts';

/** Entries that say that they are for Node. */
const forNode = [
  '@agop/backend',
  '@agop/backend-gpu',
  '@agop/backend-tfjs/node-gpu',
  '@agop/data/node',
  '@agop/experiments/node',
  '@agop/tabular/node',
  '@agop/tabular/worker',
  '@agop/workers',
];

// webpack 5 and Next build for browsers, and fail on an import of `node:` also where it is never reached.
// What only Node has is asked for by `process.getBuiltinModule`.
test('no entry for browsers imports a part of Node, now or later', { timeout: 120_000 }, async () => {
  const imports = await nodeImports(entries);
  const found = entries.map(({ name }, at) => ({ name, imports: imports[at] ?? [] }));
  expect(found.filter(({ name, imports }) => imports.length > 0 && !forNode.includes(name))).toEqual([]);
  expect(found.filter(({ imports }) => imports.length > 0).map(({ name }) => name)).toEqual(forNode);
});
