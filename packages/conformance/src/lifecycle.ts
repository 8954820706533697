import { AgopError, type Backend, input } from '@agop/core';
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
      const { space, limit, tensorLimit, free = 0 } = backend.device.memory;
      demand(
        space === 'host' || space === 'device',
        "The device's memory must be that of the host or its own.",
      );
      demand(limit === undefined || (limit > 0 && free <= limit), 'What is free must be within the limit.');
      demand(tensorLimit === undefined || tensorLimit > 0, 'A tensor must be able to have some bytes.');
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
    name: 'after dispose() every operation says DISPOSED',
    async run(create) {
      const backend = await create();
      const dtype = backend.preferredDType;
      const [a, indices] = [backend.identity(4, dtype), backend.tensor([1], [1], 'int32')];
      const pixels = backend.tensor(new Float64Array(4), [1, 2, 2, 1], dtype);
      backend.dispose();
      const u = input('u');
      const operations: Readonly<Record<string, () => unknown>> = {
        tensor: () => backend.tensor([1], [1], dtype),
        full: () => backend.full([2], 0, dtype),
        identity: () => backend.identity(2, dtype),
        random: () => backend.random([2], 'normal', { seed: 0 }, dtype),
        clone: () => backend.clone(a),
        reshape: () => backend.reshape(a, [16]),
        cast: () => backend.cast(a, 'int32'),
        transpose: () => backend.transpose(a),
        rows: () => backend.rows(a, 0, 1),
        gather: () => backend.gather(a, indices),
        concat: () => backend.concat([a, a], 0),
        diagonal: () => backend.diagonal(a),
        matmul: () => backend.matmul(a, a),
        gram: () => backend.gram(a),
        cholesky: () => backend.cholesky(a),
        solveTriangular: () => backend.solveTriangular(a, a),
        solvePositiveDefinite: () => backend.solvePositiveDefinite(a, a),
        eigh: () => backend.eigh(a),
        map: () => backend.map(u.add(1), { u: a }),
        sum: () => backend.sum(a, 'all'),
        mean: () => backend.mean(a, 'all'),
        max: () => backend.max(a, 'all'),
        argmax: () => backend.argmax(a, 0),
        norm: () => backend.norm(a, 'all'),
        pairwise: () => backend.pairwise(a, a, u),
        powerDistances: () => backend.powerDistances(a, a, 1),
        powerDistanceGradients: () => backend.powerDistanceGradients(a, a, a, 1),
        patches: () => backend.patches(pixels, { size: 1 }),
        windowSums: () => backend.windowSums(a, { height: 2, width: 2, size: 1 }),
        read: () => a.read(),
      };
      for (const [name, operation] of Object.entries(operations)) await demandDisposed(name, operation);
    },
  },
  {
    name: 'dispose() while work runs: what waits ends, with its result or an error of agop',
    async run(create) {
      const backend = await create();
      const dtype = backend.preferredDType;
      const n = 60;
      const data = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? n : Math.sin(i) / 2));
      const [a, b] = [backend.tensor(data, [n, n], dtype), backend.full([n, 2], 1, dtype)];
      using symmetric = backend.gram(a);
      const waiting: Readonly<Record<string, Promise<unknown>>> = {
        read: a.read(),
        cholesky: backend.cholesky(symmetric),
        solvePositiveDefinite: backend.solvePositiveDefinite(symmetric, b),
        eigh: backend.eigh(symmetric),
      };
      backend.dispose();
      for (const [name, promise] of Object.entries(waiting)) {
        const ended = await Promise.race([settled(promise), timeOut(20_000)]);
        demand(
          ended === undefined || AgopError.isInstance(ended),
          `${name} that dispose() has met must end with its result or an error of agop, but came ${String(ended)}.`,
        );
      }
      const { tensors, bytes } = backend.memory();
      demand(tensors === 0 && bytes === 0, `${tensors} tensors of ${bytes} bytes are left after dispose().`);
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

/** What a promise is rejected with; undefined where it is fulfilled. */
function settled(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A text after so many milliseconds, which the program does not wait for at its end. */
function timeOut(milliseconds: number): Promise<string> {
  return new Promise((resolve) => {
    const timer: unknown = setTimeout(() => resolve(`nothing in ${milliseconds / 1000} s`), milliseconds);
    if (
      typeof timer === 'object' &&
      timer !== null &&
      'unref' in timer &&
      typeof timer.unref === 'function'
    ) {
      timer.unref();
    }
  });
}

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
