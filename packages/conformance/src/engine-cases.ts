import { type Backend, input, isTensor, type Tensor } from '@agop/core';
import { createBackend, type Engine } from '@agop/core/engine';
import { demand } from './failure.ts';
import { positiveDefinite, sampleGrid } from './reference/samples.ts';

/** Makes a new engine of the kind that is tested. */
export type EngineFactory<B> = () => Engine<B> | Promise<Engine<B>>;

/** A requirement on an engine itself, which its backend cannot see: it makes and closes its own. */
export interface EngineCase {
  /** What is required; unique among the cases. */
  readonly name: string;
  /**
   * Tries it.
   *
   * @throws {ConformanceFailure} saying what was expected and what came
   */
  run<B>(create: EngineFactory<B>): Promise<void>;
}

/**
 * What an engine has to do with its memory: give back what it was given, and keep nothing of its own. A
 * backend counts the tensors that its callers see; memory that a kernel takes for itself only the engine
 * knows, and tells in `allocated()`. Of an engine without it, only the buffers are counted.
 */
export const engineCases: readonly EngineCase[] = [
  {
    name: 'every buffer that is allocated is freed, once',
    async run(create) {
      const { engine, buffers } = watched(await create());
      const backend = createBackend(engine);
      for (const [name, call] of Object.entries(calls(backend))) {
        const before = buffers.live.size;
        dispose(await call());
        demand(
          buffers.live.size === before,
          `${name} leaves ${buffers.live.size - before} buffers allocated.`,
        );
      }
      backend.dispose();
      demand(buffers.live.size === 0, `dispose() leaves ${buffers.live.size} buffers allocated.`);
      demand(buffers.wrong === 0, `${buffers.wrong} buffers are freed that are not allocated.`);
      demand(buffers.closed === 1, `The engine must be closed once, but is closed ${buffers.closed} times.`);
    },
  },
  {
    name: 'no kernel keeps memory for itself, call after call',
    async run(create) {
      const engine = await create();
      const { allocated } = engine;
      using backend = createBackend(engine);
      if (!allocated) return;
      for (const [name, call] of Object.entries(calls(backend))) {
        // What is compiled or kept for reuse comes with the first call.
        dispose(await call());
        const before = allocated();
        for (let again = 0; again < 3; again++) dispose(await call());
        const kept = allocated() - before;
        demand(kept === 0, `${name} keeps ${kept} bytes of the engine in three calls.`);
      }
    },
  },
  {
    name: 'a kernel that fails keeps nothing',
    async run(create) {
      const { engine, buffers } = watched(await create());
      using backend = createBackend(engine);
      const dtype = backend.preferredDType;
      using indefinite = backend.full([40, 40], -1, dtype);
      using bad = backend.full([5, 5], Number.NaN, dtype);
      const failing: Readonly<Record<string, () => Promise<unknown>>> = {
        cholesky: () => backend.cholesky(indefinite),
        solvePositiveDefinite: () => backend.solvePositiveDefinite(indefinite, indefinite),
        eigh: () => backend.eigh(bad),
      };
      for (const [name, call] of Object.entries(failing)) {
        await fails(name, call);
        const [bytes, count] = [engine.allocated?.() ?? 0, buffers.live.size];
        for (let again = 0; again < 3; again++) await fails(name, call);
        const kept = (engine.allocated?.() ?? 0) - bytes;
        demand(kept === 0, `${name} that fails keeps ${kept} bytes of the engine in three calls.`);
        demand(buffers.live.size === count, `${name} that fails leaves buffers allocated.`);
      }
    },
  },
  {
    name: 'what is freed is used again, and after close() nothing is held',
    async run(create) {
      const engine = await create();
      const { allocated } = engine;
      const start = allocated?.() ?? 0;
      const backend = createBackend(engine);
      const dtype = backend.preferredDType;
      backend.full([256, 256], 0, dtype).dispose();
      const once = allocated?.() ?? 0;
      for (let k = 0; k < 20; k++) backend.full([256, 256], k, dtype).dispose();
      const more = (allocated?.() ?? 0) - once;
      demand(more === 0, `20 buffers that were freed one after the other still hold ${more} bytes.`);
      backend.full([10, 10], 0, dtype);
      for (const call of Object.values(calls(backend))) await call();
      backend.dispose();
      const left = (allocated?.() ?? 0) - start;
      demand(left <= 0, `The engine that was closed still holds ${left} bytes.`);
    },
  },
];

interface Buffers<B> {
  readonly live: Set<B>;
  wrong: number;
  closed: number;
}

/** The engine, with an account of its buffers. */
function watched<B>(engine: Engine<B>): { readonly engine: Engine<B>; readonly buffers: Buffers<B> } {
  const buffers: Buffers<B> = { live: new Set(), wrong: 0, closed: 0 };
  const allocate: Engine<B>['allocate'] = (size, dtype) => {
    // One element at least: engines may have one address for all that is empty.
    const buffer = engine.allocate(Math.max(1, size), dtype);
    buffers.live.add(buffer);
    return buffer;
  };
  const free: Engine<B>['free'] = (buffer) => {
    if (!buffers.live.delete(buffer)) buffers.wrong += 1;
    engine.free(buffer);
  };
  const close = () => {
    buffers.closed += 1;
    engine.close();
  };
  return { engine: { ...engine, allocate, free, close }, buffers };
}

type Made = Tensor | Readonly<Record<string, Tensor>>;

/** A call of every operation that makes tensors. */
function calls(backend: Backend): Readonly<Record<string, () => Made | Promise<Made>>> {
  const dtype = backend.preferredDType;
  const upload = ({ data, rows, columns }: ReturnType<typeof sampleGrid>) =>
    backend.tensor(data, [rows, columns], dtype);
  const x = upload(sampleGrid(40, 12, 1));
  const z = upload(sampleGrid(9, 12, 2));
  const spd = upload(positiveDefinite(40, 3));
  const square = upload(sampleGrid(40, 40, 4));
  const rows = backend.tensor([3, 0, 39], [3], 'int32');
  const images = backend.tensor(new Float64Array(2 * 6 * 5 * 3), [2, 6, 5, 3], dtype);
  const kernel = input('u').mul(input('s')).exp();
  return {
    tensor: () => backend.tensor([1, 2], [2], dtype),
    full: () => backend.full([30, 30], 1, dtype),
    identity: () => backend.identity(30, dtype),
    random: () => backend.random([30, 30], 'normal', { seed: 1 }, dtype),
    clone: () => backend.clone(x),
    reshape: () => backend.reshape(x, [12, 40]),
    cast: () => backend.cast(x, 'int32'),
    transpose: () => backend.transpose(x),
    rows: () => backend.rows(x, 2, 9),
    gather: () => backend.gather(x, rows),
    concat: () => backend.concat([x, z], 0),
    diagonal: () => backend.diagonal(square),
    matmul: () => backend.matmul(x, z, { transposeB: true }),
    'matmul in batches': () => backend.matmul(x, x, { transposeB: true, batches: 4 }),
    gram: () => backend.gram(x),
    cholesky: () => backend.cholesky(spd),
    solveTriangular: () => backend.solveTriangular(spd, x),
    solvePositiveDefinite: () => backend.solvePositiveDefinite(spd, x),
    eigh: async () => ({ ...(await backend.eigh(spd)) }),
    map: () => backend.map(input('a').exp().add(1), { a: x }),
    sum: () => backend.sum(x, 0),
    mean: () => backend.mean(x, 1),
    max: () => backend.max(x, 'all'),
    argmax: () => backend.argmax(x, 1),
    norm: () => backend.norm(x, 'all'),
    pairwise: () => backend.pairwise(x, z, kernel, { inputs: { s: 0.5 } }),
    'symmetric pairwise': () => backend.pairwise(x, x, kernel, { inputs: { s: 0.5 }, symmetric: true }),
    powerDistances: () => backend.powerDistances(x, z, 1.5),
    powerDistanceGradients: () => backend.powerDistanceGradients(square, x, x, 1.5),
    patches: () => backend.patches(images, { size: 2 }),
    windowSums: () => backend.windowSums(x, { height: 5, width: 4, size: 2 }),
  };
}

function dispose(made: Made): void {
  const tensors: readonly Tensor[] = isTensor(made) ? [made] : Object.values(made);
  for (const tensor of tensors) tensor.dispose();
}

async function fails(name: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch {
    return;
  }
  demand(false, `${name} of a matrix that it cannot take must fail.`);
}
