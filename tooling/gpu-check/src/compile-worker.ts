import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageCache } from '../../../packages/backend-gpu/src/kernels/image-cache.ts';
import { together } from '../../../packages/backend-gpu/test/sources.ts';
import type { Batch, Compiled, CompiledKernel, CompileTask } from './compile.ts';
import { type KernelResources, kernelResources } from './cubin.ts';
import { openCompiler } from './open.ts';

// Compiles a share of the sources of a task: every so many-th. Arguments: file of the task, number of this
// worker, number of workers. A line of JSON for each source and architecture.

const [file = '', index = '0', count = '1'] = process.argv.slice(2);
const task: CompileTask = JSON.parse(readFileSync(file, 'utf8'));
const cache = imageCache(task.cacheFolder);
const elf = [0x7f, 0x45, 0x4c, 0x46];
const folder = mkdtempSync(join(tmpdir(), 'agop-ptxas-'));

try {
  for (const architecture of task.architectures) {
    const compiler = openCompiler(architecture, cache);
    for (let i = Number(index); i < task.batches.length; i += Number(count)) {
      const batch = task.batches[i] as Batch;
      const [only] = batch;
      const source = batch.length === 1 && only ? only.source : together(batch);
      const sources = batch.map(({ name }) => name);
      const outcome = compiled(() => compiler.compile(source), architecture, sources);
      console.log(JSON.stringify({ sources, architecture, ...outcome }));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compiled(
  make: () => Uint8Array,
  architecture: string,
  sources: readonly string[],
): Omit<Compiled, 'sources' | 'architecture'> {
  try {
    const image = make();
    const isCode = elf.every((byte, i) => image[i] === byte);
    if (!isCode && task.ptxas === undefined)
      return { kernels: [], leftOut: 'NVRTC gives PTX, and there is no ptxas' };
    const code = isCode ? image : assembled(image, architecture, task.ptxas ?? '');
    return { kernels: kernelResources(code).map((kernel) => ofSource(kernel, sources)) };
  } catch (error) {
    return { kernels: [], failure: messageOf(error) };
  }
}

/** In a batch a kernel's name says its part: `_ZN5part38evaluateE…`. */
function ofSource(kernel: KernelResources, sources: readonly string[]): CompiledKernel {
  const found = /^_ZN\d+?part(\d+?)(8evaluateE|$)/.exec(kernel.kernel);
  const source = sources[found ? Number(found[1]) : 0] ?? sources.join(', ');
  return { ...kernel, kernel: found ? 'evaluate' : kernel.kernel, source };
}

/** Machine code of PTX. */
function assembled(ptx: Uint8Array, architecture: string, ptxas: string): Uint8Array {
  const version = createHash('sha256').update(ptxas).digest('hex').slice(0, 8);
  const key = `ptxas ${version} ${architecture} ${createHash('sha256').update(ptx).digest('hex')}`;
  const known = cache.read(key);
  if (known) return known;
  const [input, output] = [join(folder, 'in.ptx'), join(folder, 'out.cubin')];
  writeFileSync(input, new TextDecoder().decode(ptx).replace(/\0+$/, ''));
  execFileSync(ptxas, [`-arch=sm_${architecture.replace('.', '')}`, '-o', output, input], { stdio: 'pipe' });
  const image = readFileSync(output);
  cache.write(key, image);
  return image;
}

function messageOf(error: unknown): string {
  if (error instanceof Error && 'stderr' in error) return String(error.stderr).slice(0, 500);
  return error instanceof Error ? error.message : String(error);
}
