import { AgopError, type Backend } from '@agop/core';
import { demand } from './failure.ts';

/** Makes a new backend of the kind that is tested. */
export type BackendFactory = () => Backend | Promise<Backend>;

/** A requirement on the life of a backend itself: it makes and disposes its own. */
export interface LifecycleCase {
  /** What is required; unique among the cases. */
  readonly name: string;
  /**
   * Tries it.
   *
   * @throws {ConformanceFailure} saying what was expected and what came
   */
  run(create: BackendFactory): Promise<void>;
}

/** What a backend has to do at its end, and beside another one. */
export const lifecycleCases: readonly LifecycleCase[] = [
  {
    name: 'describes itself',
    async run(create) {
      using backend = await create();
      demand(backend.name.length > 0, 'A backend must have a name.');
      demand(backend.device.description.length > 0, 'The device must have a description.');
      const { space, limit, free = 0 } = backend.device.memory;
      demand(
        space === 'host' || space === 'device',
        "The device's memory must be that of the host or its own.",
      );
      demand(limit === undefined || (limit > 0 && free <= limit), 'What is free must be within the limit.');
      demand(backend.dtypes.length > 0, 'A backend must compute in some float dtype.');
      demand(backend.dtypes.includes(backend.preferredDType), 'The preferred dtype must be one of `dtypes`.');
      const { tensors, bytes, peakBytes } = backend.memory();
      demand(tensors === 0 && bytes === 0 && peakBytes === 0, 'A new backend must be empty.');
    },
  },
  {
    name: 'dispose() frees its tensors, ends all operations, and may be called again',
    async run(create) {
      const backend = await create();
      const dtype = backend.preferredDType;
      const tensor = backend.identity(3, dtype);
      backend.dispose();
      backend.dispose();
      demand(tensor.disposed, 'Its tensors must be disposed with it.');
      demand(backend.memory().tensors === 0 && backend.memory().bytes === 0, 'No tensor may be left.');
      await demandDisposed('full', () => backend.full([2], 0, dtype));
      await demandDisposed('gram', () => backend.gram(tensor));
      await demandDisposed('cholesky', () => backend.cholesky(tensor));
      await demandDisposed('read', () => tensor.read());
      tensor.dispose();
    },
  },
  {
    name: 'two backends live side by side, and do not share tensors',
    async run(create) {
      using first = await create();
      const second = await create();
      const dtype = first.preferredDType;
      const [a, b] = [first.identity(3, dtype), second.full([3, 3], 2, dtype)];
      let code: string | undefined;
      try {
        first.matmul(a, b);
      } catch (error) {
        code = AgopError.isInstance(error) ? error.code : String(error);
      }
      demand(code === 'BACKEND_MISMATCH', `An error BACKEND_MISMATCH is expected, but came ${code}.`);
      second.dispose();
      const sum = await first.sum(a, 'all').read();
      demand(sum[0] === 3, 'The first backend must go on when the second ends.');
    },
  },
];

async function demandDisposed(what: string, action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    const code = AgopError.isInstance(error) ? error.code : String(error);
    demand(code === 'DISPOSED', `${what} after dispose(): an error DISPOSED is expected, but came ${code}.`);
    return;
  }
  demand(false, `${what} after dispose(): an error DISPOSED is expected, but none came.`);
}
