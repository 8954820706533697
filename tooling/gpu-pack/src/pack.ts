import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { formatBytes } from '@agop/core';
import { fixtureFolder } from '@agop/fixtures';
import { build, type Plugin } from 'esbuild';

// `pnpm gpu:pack`: a folder that tests and measures the CUDA backend on a machine without network and without
// Node.

const root = resolve(import.meta.dirname, '../../..');
const backend = join(root, 'packages/backend-gpu');
const packed = join(import.meta.dirname, 'packed');
/** The folder has to travel together with a clone. */
const limit = 40 * 2 ** 20;

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist/gpu-pack') },
    /**
     * Compress Node with gzip instead of xz: faster, but 15 MiB more. To take the folder apart xz needs xz or
     * python3.
     */
    gzip: { type: 'boolean', default: false },
    /** The Node binary; default the one that runs this. */
    node: { type: 'string', default: process.execPath },
    /** Leave Node out, for tests of the rest. */
    'without-node': { type: 'boolean', default: false },
  },
});
const out = resolve(values.out);

/** The tests take the device's engine for those of the workspace, and our runner for vitest. */
const substitutes: Plugin = {
  name: 'substitutes',
  setup({ onResolve }) {
    onResolve({ filter: /^vitest$/ }, () => ({ path: join(packed, 'suite.ts') }));
    onResolve({ filter: /^@agop\/(backend-cpu|test-support\/engines)$/ }, () => ({
      path: join(packed, 'engines.ts'),
    }));
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

await build({
  entryPoints: { 'agop-gpu': join(packed, 'main.ts') },
  outdir: out,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  conditions: ['@agop/source'],
  // The last two draw charts, which the page of results has none of.
  external: ['koffi', '@tensorflow/*', 'jsdom', '@observablehq/plot'],
  plugins: [substitutes],
  // CommonJS packages within the bundle ask for built-in modules with `require`.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

cpSync(join(backend, 'kernels'), join(out, 'kernels'), { recursive: true });
cpSync(join(packed, 'run.sh'), join(out, 'run.sh'));
chmodSync(join(out, 'run.sh'), 0o755);
cpSync(join(root, 'bench/gpu/torch_rfm.py'), join(out, 'torch_rfm.py'));
copyKoffi();
copyFixtures();
if (!values['without-node']) packNode();
const size = folderBytes(out);
console.log(`${out}: ${formatBytes(size)}`);
if (size > limit) {
  console.error(`The folder must stay under ${formatBytes(limit)}.`);
  process.exitCode = 1;
}

/** koffi and its binary for this processor and glibc. */
function copyKoffi(): void {
  const entry = createRequire(join(backend, 'package.json')).resolve('koffi');
  const koffi = dirname(entry);
  const binary = dirname(createRequire(entry).resolve(`@koromix/koffi-linux-${process.arch}`));
  for (const file of [
    'package.json',
    'index.js',
    'index.cjs',
    'indirect.js',
    'indirect.cjs',
    'LICENSE.txt',
  ]) {
    cpSync(join(koffi, file), join(out, 'node_modules/koffi', file));
  }
  const isCode = (file: string): boolean => statSync(file).isDirectory() || /\.c?js$/.test(file);
  cpSync(join(koffi, 'src'), join(out, 'node_modules/koffi/src'), { recursive: true, filter: isCode });
  cpSync(binary, join(out, `node_modules/@koromix/koffi-linux-${process.arch}`), {
    recursive: true,
    filter: (file) => !file.includes('musl'),
  });
}

function copyFixtures(): void {
  const { path, missing } = fixtureFolder();
  if (path === undefined) {
    console.log(`Without fixtures: ${missing}.`);
    return;
  }
  mkdirSync(join(out, 'fixtures'));
  for (const file of readdirSync(path).filter((name) => /\.(json|safetensors)$/.test(name))) {
    writeFileSync(join(out, 'fixtures', file), readFileSync(join(path, file)));
  }
}

function packNode(): void {
  if (!values.gzip) {
    writeFileSync(
      join(out, 'node.xz'),
      execFileSync('xz', ['-9', '-T0', '-c', values.node], { maxBuffer: 2 ** 28 }),
    );
  } else writeFileSync(join(out, 'node.gz'), gzipSync(readFileSync(values.node), { level: 9 }));
}

function folderBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
