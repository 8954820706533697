import { type Backend, type MemoryInfo, Scope } from '@agop/core';
import { ConformanceFailure, messageOf } from './failure.ts';
import { Trial } from './trial.ts';

/** One requirement on a backend. */
export interface ConformanceCase {
  /** The part of the contract: `matmul`, `eigh`, `life`, ... */
  readonly group: string;
  /** What is required; unique within the group. */
  readonly name: string;
  /**
   * Tries it, in every float dtype of the backend. Leaves nothing behind in the backend.
   * @throws {ConformanceFailure} saying what was expected, what came, and where
   */
  run(backend: Backend): Promise<void>;
}

/**
 * A case that runs in every float dtype of the backend. Tensors made through `trial.ops` are freed at its
 * end; then the backend's memory must be what it was before.
 */
export function defineCase(
  group: string,
  name: string,
  body: (trial: Trial) => Promise<void>,
): ConformanceCase {
  return {
    group,
    name,
    async run(backend) {
      for (const dtype of backend.dtypes) {
        const before = backend.memory();
        try {
          using scope = new Scope(backend);
          await body(new Trial(scope, dtype));
        } catch (cause) {
          throw new ConformanceFailure(`${group}, ${name} (${dtype}): ${messageOf(cause)}`, { cause });
        }
        checkMemory(`${group}, ${name} (${dtype})`, before, backend.memory());
      }
    },
  };
}

function checkMemory(where: string, before: MemoryInfo, after: MemoryInfo): void {
  if (before.tensors === after.tensors && before.bytes === after.bytes) return;
  throw new ConformanceFailure(
    `${where}: leaves ${after.tensors - before.tensors} tensors and ${after.bytes - before.bytes} bytes behind.`,
  );
}
