import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { NamedSource } from '../../../packages/backend-gpu/test/sources.ts';
import type { KernelResources } from './cubin.ts';

/** Sources that are compiled as one. */
export type Batch = readonly NamedSource[];

/** Generated sources of a batch. */
const together = 12;

/** The package's sources each by itself, as the engine compiles them; those of expressions some at a time. */
export function batches(sources: readonly NamedSource[]): Batch[] {
  const isGenerated = ({ source }: NamedSource): boolean =>
    source.includes(' evaluate(') || source.includes('\nevaluate(');
  const generated = sources.filter(isGenerated);
  const grouped = Array.from({ length: Math.ceil(generated.length / together) }, (_, i) =>
    generated.slice(i * together, (i + 1) * together),
  );
  return [...sources.filter((source) => !isGenerated(source)).map((source) => [source]), ...grouped];
}

/** What all workers are given. */
export interface CompileTask {
  readonly batches: readonly Batch[];
  /** Compute capabilities, e.g. `9.0`. */
  readonly architectures: readonly string[];
  /** Folder of images that were compiled before. */
  readonly cacheFolder: string;
  /** Assembles for architectures that the compiler does not know, as a driver does on such devices. */
  readonly ptxas: string | undefined;
}

/** A kernel, and the source that it is of. */
export interface CompiledKernel extends KernelResources {
  readonly source: string;
}

/** What became of a batch on one architecture. */
export interface Compiled {
  /** Names of its sources. */
  readonly sources: readonly string[];
  readonly architecture: string;
  readonly kernels: readonly CompiledKernel[];
  /** Why there is none. */
  readonly failure?: string;
  /** Why it was not tried. */
  readonly leftOut?: string;
}

/**
 * Compiles every batch for every architecture, in processes of their own. Images are kept: what has not
 * changed is read again.
 *
 * @param libraries folders of CUDA's libraries; none for those of the system
 */
export async function compileAll(
  task: CompileTask,
  libraries: readonly string[],
  jobs: number,
  tell: (done: number, all: number) => void,
): Promise<Compiled[]> {
  const folder = mkdtempSync(join(tmpdir(), 'agop-gpu-check-'));
  const all = task.batches.length * task.architectures.length;
  const results: Compiled[] = [];
  try {
    const file = join(folder, 'task.json');
    writeFileSync(file, JSON.stringify(task));
    await Promise.all(
      Array.from({ length: jobs }, (_, job) =>
        runWorker([file, `${job}`, `${jobs}`], libraries, (compiled) => {
          results.push(compiled);
          if (results.length % 100 === 0) tell(results.length, all);
        }),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

function runWorker(
  args: readonly string[],
  libraries: readonly string[],
  take: (compiled: Compiled) => void,
): Promise<void> {
  const env = { ...process.env, ...(libraries.length > 0 && { AGOP_CUDA_LIBRARIES: libraries.join(':') }) };
  const program = join(import.meta.dirname, 'compile-worker.ts');
  const child = spawn(process.execPath, ['-C', '@agop/source', program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => take(JSON.parse(line)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`A compiling process ended with code ${code}.`));
    });
  });
}
