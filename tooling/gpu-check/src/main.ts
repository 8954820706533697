import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AgopError } from '@agop/core';
import { versionText } from '../../../packages/backend-gpu/src/driver/load.ts';
import { imageCache } from '../../../packages/backend-gpu/src/kernels/image-cache.ts';
import { compareWithHeader, headerTables } from '../../../packages/backend-gpu/test/header-checks.ts';
import { beyondCeilings, largest } from './budget.ts';
import { batches, type Compiled, compileAll } from './compile.ts';
import { kernelResources } from './cubin.ts';
import { openCompiler } from './open.ts';
import { packageFolder, provide } from './provide.ts';
import { allSources } from './sources.ts';
import { checkSymbols } from './symbols.ts';

// `pnpm gpu:check`: the CUDA backend against NVIDIA's own libraries, compilers and headers. No device is
// needed. Debian's packages of CUDA 12.4 are fetched once, into a folder of their own.

const { values } = parseArgs({
  options: {
    /** Folder of CUDA's libraries, instead of fetched ones. */
    libraries: { type: 'string' },
    /** Further folders of headers, by commas: each release by itself. */
    headers: { type: 'string', default: '' },
    /** Compute capabilities. */
    architectures: { type: 'string', default: '7.0,7.5,8.0,8.6,8.9,9.0,10.0,10.3,12.0' },
    /** Fetch nothing: what was fetched before is there. */
    offline: { type: 'boolean', default: false },
    jobs: { type: 'string', default: `${availableParallelism()}` },
  },
});

const outcome = { passed: 0, failed: 0, skipped: 0 };
const folder = packageFolder();
const provided = provide({
  libraries: values.libraries,
  headers: values.headers.split(',').filter((name) => name !== ''),
  isOnline: !values.offline,
  folder,
});
for (const text of provided.missing) leaveOut(text);
if (provided.libraries.length > 0) process.env['AGOP_CUDA_LIBRARIES'] = provided.libraries.join(':');

const hasLibraries = check('functions', () => checkSymbols());
for (const include of provided.headers) checkHeaders(include);
if (hasLibraries) await checkKernels();
else leaveOut('kernels: without NVRTC');

console.log(`${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
process.exitCode = outcome.failed > 0 ? 1 : 0;

/** Runs a check and says its lines. */
function check(title: string, run: () => readonly string[]): boolean {
  try {
    const lines = run();
    outcome.passed += 1;
    console.log(`passed: ${title}`);
    for (const line of lines) console.log(`  ${line}`);
    return true;
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    if (AgopError.isInstance(error) && error.code === 'UNAVAILABLE') leaveOut(`${title}: ${error.message}`);
    else {
      outcome.failed += 1;
      console.log(`FAILED: ${title}\n  ${reason.slice(0, 3000).replaceAll('\n', '\n  ')}`);
    }
    return false;
  }
}

function leaveOut(text: string): void {
  outcome.skipped += 1;
  console.log(`LEFT OUT, ${text}`);
}

function checkHeaders(include: string): void {
  if (spawnSync('g++', ['--version']).error) {
    leaveOut(`headers in ${include}: g++ is not installed`);
    return;
  }
  for (const table of headerTables) {
    const isThere = table.files.concat(table.header).every((file) => readText(join(include, file)) !== '');
    if (!isThere) continue;
    check(`${table.header} in ${include}${releaseOf(include)}`, () => {
      const constants = compareWithHeader(table, [include]);
      return [`${Object.keys(table.signatures).length} signatures, ${constants} constants and sizes`];
    });
  }
}

function releaseOf(include: string): string {
  const version = /#define CUDA_VERSION (\d+)/.exec(readText(join(include, 'cuda.h')))?.[1];
  return version === undefined ? '' : `, CUDA ${versionText(Number(version))}`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function checkKernels(): Promise<void> {
  const sources = await allSources();
  const architectures = values.architectures.split(',');
  const task = {
    batches: batches(sources),
    architectures,
    cacheFolder: join(folder, 'images'),
    ptxas: provided.ptxas,
  };
  const begin = performance.now();
  const all = await compileAll(task, provided.libraries, Number(values.jobs), (done, count) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${count} images`);
  });
  const seconds = Math.round((performance.now() - begin) / 1000);
  for (const architecture of architectures) {
    const own = all.filter((one) => one.architecture === architecture);
    const [left] = own.flatMap(({ leftOut }) => leftOut ?? []);
    if (left) leaveOut(`kernels for ${architecture}: ${left}`);
    else check(`kernels for ${architecture}`, () => kernelLines(own, sources.length));
  }
  check(`budgets of ${all.flatMap(({ kernels }) => kernels).length} kernels (${seconds} s)`, () => {
    const wrong = beyondCeilings(all);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    return [
      `registers: ${largest(all, 'registers').join('; ')}`,
      `bytes of shared memory: ${largest(all, 'sharedBytes').join('; ')}`,
      `bytes of stack: ${largest(all, 'stackBytes').join('; ')}`,
    ];
  });
  checkReader(sources[0]?.source ?? '');
}

function kernelLines(own: readonly Compiled[], expected: number): string[] {
  const failures = own.flatMap(({ sources, failure }) =>
    failure === undefined ? [] : [`${sources.join(', ')}: ${failure}`],
  );
  if (failures.length > 0) throw new Error(failures.join('\n'));
  const kernels = own.flatMap(({ kernels: made }) => made).length;
  const sources = own.flatMap((batch) => batch.sources).length;
  if (sources !== expected || kernels < expected) {
    throw new Error(`${sources} of ${expected} sources gave ${kernels} kernels.`);
  }
  return [`${expected} sources, ${kernels} kernels`];
}

/** Our reader of images against NVIDIA's own, where that is installed. */
function checkReader(source: string): void {
  const { cuobjdump } = provided;
  if (cuobjdump === undefined) {
    leaveOut('the reader of images against cuobjdump: it is not installed');
    return;
  }
  check('the reader of images agrees with cuobjdump', () => {
    const image = openCompiler('9.0', imageCache(undefined)).compile(source);
    const file = join(tmpdir(), `agop-gpu-check-${process.pid}.cubin`);
    writeFileSync(file, image);
    const { stdout } = spawnSync(cuobjdump, ['--dump-resource-usage', file], { encoding: 'utf8' });
    const lines = kernelResources(image).map(({ kernel, registers, sharedBytes, stackBytes }) => {
      const said = new RegExp(`Function ${kernel}:\\s+REG:(\\d+) STACK:(\\d+) SHARED:(\\d+)`).exec(stdout);
      const read = [registers, stackBytes, sharedBytes].join();
      if (said?.slice(1, 4).join() !== read)
        throw new Error(`${kernel}: ${read}, but cuobjdump says ${stdout}`);
      return `${kernel}: ${registers} registers`;
    });
    if (lines.length === 0) throw new Error('There are no kernels.');
    return lines;
  });
}
