import type { Compiled } from './compile.ts';
import type { KernelResources } from './cubin.ts';

/** The most that a kernel may take. */
interface Ceiling {
  readonly registers: number;
  readonly sharedBytes: number;
  readonly stackBytes: number;
}

/**
 * All launches have at most 256 threads a block, and a multiprocessor has 65,536 registers: with 128 of them
 * two blocks are on it at a time. Shared memory beyond 48 KiB would have to be asked for.
 */
const usual: Ceiling = { registers: 128, sharedBytes: 48 * 1024, stackBytes: 64 };

/**
 * Generated kernels take what the expression needs: one block is enough. The conformance suite's expression
 * of many values at once spills a kilobyte. From CUDA 13 on the kilobyte of shared memory counts that the
 * system reserves.
 */
const generated: Ceiling = { registers: 255, sharedBytes: 1024, stackBytes: 2048 };

/** Kernels beyond their ceilings, as lines. */
export function beyondCeilings(all: readonly Compiled[]): string[] {
  return all.flatMap(({ architecture, kernels }) =>
    kernels.flatMap((kernel) => {
      const ceiling = kernel.kernel === 'evaluate' ? generated : usual;
      return (Object.keys(ceiling) as (keyof Ceiling)[])
        .filter((key) => kernel[key] > ceiling[key])
        .map(
          (key) =>
            `${kernel.kernel} (${kernel.source}, sm ${architecture}): ${key} ${kernel[key]} > ${ceiling[key]}`,
        );
    }),
  );
}

/** The kernels that take most of something. */
export function largest(all: readonly Compiled[], key: keyof Ceiling, count = 3): string[] {
  const kernels = all.flatMap(({ architecture, kernels: own }) =>
    own.map((kernel): KernelResources & { readonly where: string } => ({
      ...kernel,
      where: `${kernel.kernel} (${kernel.source}, sm ${architecture})`,
    })),
  );
  return kernels
    .toSorted((a, b) => b[key] - a[key])
    .slice(0, count)
    .map((kernel) => `${kernel[key]} ${kernel.where}`);
}
