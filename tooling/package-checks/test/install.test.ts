import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { Consumer } from '../src/consumer.ts';
import { publishedPackages, withWorkspaceDependencies } from '../src/published.ts';

const tarballs = inject('tarballs');

// npm names the Node that it runs on: that of the machine, which may be older than the workspace's.
const nodes = [...new Set([process.execPath, process.env.npm_node_execpath ?? process.execPath])];

const isOffline = (stderr: string): boolean =>
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(stderr);

// Their programs fit models, and say `dispose` where they do not leave it to the packages.
const withoutDispose = [
  '@agop/serve',
  '@agop/rfm',
  '@agop/deep-rfm',
  '@agop/conv-rfm',
  '@agop/grokking',
  '@agop/nfa',
  '@agop/subspace',
];

/** How compilers look for what a program imports. */
const resolutions = {
  node16: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node10: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
};

// They import what their optional peer brings, or its types.
const withPeer = [
  '@agop/grokking/network',
  '@agop/conv-rfm/conformance',
  '@agop/nfa',
  '@agop/experiments/node',
  '@agop/experiments/layers',
  '@agop/experiments/filter-start',
  '@agop/experiments/filters-ansatz',
];
const libraries = publishedPackages.filter(({ name }) => name !== '@agop/cli');

test.for([
  { what: 'a backend alone', names: ['@agop/backend-cpu'] },
  { what: 'all libraries', names: libraries.map(({ name }) => name) },
])(
  '$what: declarations compile without optional peers, entries can be required',
  async ({ names }, { skip }) => {
    await using consumer = await Consumer.create();
    const packed = new Set(names.flatMap(withWorkspaceDependencies));
    const installed = await consumer.install([...packed].map((p) => tarballs[p.name] ?? ''));
    skip(isOffline(installed.stderr), 'no package registry');
    expect(installed.code, installed.stderr).toBe(0);
    const entries = [...packed].flatMap((p) => p.entries).filter((entry) => !withPeer.includes(entry));
    for (const [name, options] of Object.entries(resolutions)) {
      const { code, stdout } = await consumer.compile(entries, options);
      expect(code, `${name}: ${stdout}`).toBe(0);
    }
    for (const node of nodes) {
      const { code, stderr } = await consumer.require(node, entries);
      expect(code, `${node}: ${stderr}`).toBe(0);
    }
  },
);

describe.each(publishedPackages)('$name, installed by npm outside the workspace', ({ name, entries }) => {
  test('runs', async ({ skip }) => {
    await using consumer = await Consumer.create();
    const packed = withWorkspaceDependencies(name).map((p) => tarballs[p.name] ?? '');
    const installed = await consumer.install(packed);
    skip(isOffline(installed.stderr), 'no package registry');
    expect(installed.code, installed.stderr).toBe(0);

    // TensorFlow.js is large, and only for those who ask for it.
    const brought = existsSync(join(consumer.folder, 'node_modules/@tensorflow'));
    expect(brought, 'installs TensorFlow.js').toBe(false);
    if (name === '@agop/nfa') {
      const alone = "import '@agop/nfa/network';\nimport '@agop/nfa/features';\n";
      const { code, stderr } = await consumer.run(process.execPath, 'without-tfjs.mjs', alone);
      expect(code, `without TensorFlow.js: ${stderr}`).toBe(0);
      const peer = await consumer.install(['@tensorflow/tfjs@^4.22.0']);
      expect(peer.code, peer.stderr).toBe(0);
    }

    for (const node of nodes) {
      const imports = entries.map((entry) => `await import('${entry}');\n`).join('');
      const { code, stdout, stderr } = await consumer.run(node, `${name.replace('@agop/', '')}.mjs`, imports);
      expect(code, `${node}: ${stdout}${stderr}`).toBe(0);
    }

    // Safari, and browsers before 2025: what a program does, it does there too.
    if (withoutDispose.includes(name)) {
      const program = `${name.replace('@agop/', '')}.mjs`;
      const { code, stderr } = await consumer.run(process.execPath, program, '', 'no-symbol-dispose.mjs');
      expect(code, `without Symbol.dispose: ${stderr}`).toBe(0);
    }

    // Somebody outside of the workspace writes an estimator.
    if (name !== '@agop/estimators') return;
    for (const node of nodes) {
      const { code, stdout, stderr } = await consumer.runCompiled(node, 'nearest-centroid.ts');
      expect(code, `${node}: ${stderr}`).toBe(0);
      expect(stdout).toMatch(/\d\d cases hold/);
    }
  });
});
