import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageCache } from '../../../packages/backend-gpu/src/kernels/image-cache.ts';
import type { Compiled, CompileTask } from './compile.ts';
import { kernelResources } from './cubin.ts';
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
    for (let i = Number(index); i < task.sources.length; i += Number(count)) {
      const { name, source } = task.sources[i] as (typeof task.sources)[number];
      console.log(
        JSON.stringify({ name, architecture, ...compiled(() => compiler.compile(source), architecture) }),
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compiled(make: () => Uint8Array, architecture: string): Omit<Compiled, 'name' | 'architecture'> {
  try {
    const image = make();
    const isCode = elf.every((byte, i) => image[i] === byte);
    if (isCode) return { kernels: kernelResources(image) };
    if (task.ptxas === undefined) return { kernels: [], leftOut: 'NVRTC gives PTX, and there is no ptxas' };
    return { kernels: kernelResources(assembled(image, architecture, task.ptxas)) };
  } catch (error) {
    return { kernels: [], failure: messageOf(error) };
  }
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
