import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { ConvRFMClassifier, convolutionalNtk } from '@agop/conv-rfm';
import { AgopError, type Backend } from '@agop/core';
import { DeepRFM, randomRelu } from '@agop/deep-rfm';
import { RFMClassifier, RFMRegressor, refinedCholeskySolver } from '@agop/rfm';
import { samples, tableFile } from '../data.ts';
import { failingBackend } from '../failing-engine.ts';
import { demand, type Fault, unlessLinux } from '../fault.ts';
import { agopInShell, programInShell, startAgop } from '../programs.ts';

interface Model {
  predict(x: unknown): Promise<unknown>;
  toBytes(): Promise<Uint8Array>;
  dispose(): void;
}

const { x, y } = samples(14, 3);
const labels = y.map((value) => (value > 0 ? 'up' : 'down'));
const images = {
  data: Float64Array.from({ length: 6 * 25 }, (_, i) => Math.sin(i * i)),
  shape: [6, 5, 5, 1],
};

/** Work that allocates, from the fit to what a loaded model answers. */
const works: Readonly<Record<string, (backend: Backend) => Promise<void>>> = {
  RFMRegressor: (backend) =>
    whole(
      () => new RFMRegressor({ backend, iterations: 2 }).fit(x, y, { validation: 0.3 }),
      (bytes) => RFMRegressor.load(bytes, { backend }),
      x,
    ),
  RFMClassifier: (backend) =>
    whole(
      () => new RFMClassifier({ backend, iterations: 1, diagonal: true, keepMetrics: true }).fit(x, labels),
      (bytes) => RFMClassifier.load(bytes, { backend }),
      x,
    ),
  DeepRFM: (backend) =>
    whole(
      () =>
        new DeepRFM({ backend, depth: 2, ridge: 0.01, featureMap: randomRelu({ width: 6 }) }).fit(x, labels),
      (bytes) => DeepRFM.load(bytes, { backend }),
      x,
    ),
  ConvRFMClassifier: (backend) =>
    whole(
      () =>
        new ConvRFMClassifier({ backend, kernel: convolutionalNtk({ depth: 2 }), iterations: 1 }).fit(
          images,
          [0, 1, 0, 1, 0, 1],
        ),
      (bytes) => ConvRFMClassifier.load(bytes, { backend }),
      images,
    ),
};

async function whole(
  fit: () => Promise<Model>,
  load: (bytes: Uint8Array) => Promise<Model>,
  samples: unknown,
): Promise<void> {
  const model = await fit();
  try {
    await model.predict(samples);
    const loaded = await load(await model.toBytes());
    try {
      await loaded.predict(samples);
    } finally {
      loaded.dispose();
    }
  } finally {
    model.dispose();
  }
}

/** Memory that ends. */
export const memory: readonly Fault[] = [
  ...Object.entries(works).map(
    ([name, work]): Fault => ({
      group: 'memory',
      name: `${name}: each allocation of its life fails once`,
      holds: 'an OutOfMemoryError, no tensor left, and the backend works on',
      run: async ({ rounds }) => {
        const { backend, allocations, failAt } = failingBackend();
        await work(backend);
        const count = allocations();
        const step = Math.max(1, Math.floor(count / (8 * rounds)));
        let tried = 0;
        for (let at = 1; at <= count; at += step) {
          failAt(at);
          const error: unknown = await work(backend).then(
            () => undefined,
            (reason) => reason,
          );
          failAt(0);
          demand(
            AgopError.isInstance(error) && error.code === 'OUT_OF_MEMORY',
            `Allocation ${at} of ${count} fails with ${error instanceof Error ? error.stack : String(error)}`,
          );
          const left = backend.memory().tensors;
          demand(left === 0, `After allocation ${at} of ${count} failed, ${left} tensors are left.`);
          tried += 1;
        }
        await work(backend);
        return `${tried} of ${count} allocations`;
      },
    }),
  ),
  {
    group: 'memory',
    name: 'a fit that does not fit into the memory of the backend',
    holds: 'an OutOfMemoryError, the old model answers on, and the backend works on',
    run: async () => {
      using backend = await createCpuBackend({ threads: 1, maximumBytes: 48 * 2 ** 20 });
      const small = samples(50);
      // By default a fit goes on without its matrix.
      const solver = refinedCholeskySolver();
      using model = await new RFMRegressor({ backend, iterations: 1, solver }).fit(small.x, small.y);
      const before = await model.predict(small.x);
      const { tensors } = backend.memory();
      const large = samples(3000);
      const error: unknown = await model.fit(large.x, large.y).then(
        () => undefined,
        (reason) => reason,
      );
      demand(AgopError.isInstance(error) && error.code === 'OUT_OF_MEMORY', `It is ${String(error)}.`);
      demand(backend.memory().tensors === tensors, 'Tensors are left.');
      const after = await model.predict(small.x);
      demand(
        after.every((value, i) => Object.is(value, before[i])),
        'The old model answers otherwise.',
      );
      await model.fit(small.x, small.y);
      return error.message.split('.')[0] ?? '';
    },
  },
  {
    group: 'memory',
    name: 'the system grants 3 GB of addresses (ulimit -v)',
    holds: 'no crash: typed errors or results, no tensor left',
    missing: unlessLinux,
    run: async () => {
      const { code, stdout, stderr } = await programInShell(
        'ulimit -v 3000000; exec "$@"',
        'little-address-space',
        [],
      );
      demand(code === 0, `Exit code ${code}: ${stderr.slice(-500)}`);
      demand(!/untyped/.test(stdout), stdout);
      demand(!/left (?!0)/.test(stdout), stdout);
      return stdout.trim().replaceAll('\n', ', ');
    },
  },
  {
    group: 'memory',
    name: 'agop fit of a large table with a heap of 20 MB',
    holds: 'it ends with a code and a message; nothing half is written',
    run: async ({ folder }) => {
      const table = tableFile(folder, 200_000);
      const model = join(folder, 'model');
      const before = readdirSync(folder).length;
      const fit = ['fit', table, '--target', 'y', '--preset', 'rfm2022', '--backend', 'cpu'];
      const args = [...fit, '--max-rows', '500', '-o', model];
      const { code, signal, stderr } = await startAgop(args, ['--max-old-space-size=20']).ended;
      demand(code !== 0, 'It says that all is well.');
      demand(/^agop: /m.test(stderr) && !/unexpected/.test(stderr), stderr.slice(-500));
      demand(!existsSync(model) && readdirSync(folder).length === before, 'Something is written.');
      return `${signal ?? `exit code ${code}`}: ${stderr.trim().split('\n').at(-1)?.slice(0, 100)}`;
    },
  },
  {
    group: 'memory',
    name: 'agop fit whose matrices do not fit (ulimit -v)',
    holds: 'exit code 1 with a message that helps; nothing half is written',
    missing: unlessLinux,
    run: async ({ folder }) => {
      const table = tableFile(folder, 20_000);
      const model = join(folder, 'model');
      // One machine: a choice of settings makes trees of rows that do not fit.
      const fit = ['fit', table, '--target', 'y', '--preset', 'rfm2022', '--backend', 'cpu'];
      const args = [...fit, '--threads', '1', '-o', model];
      const { code, stderr } = await agopInShell('ulimit -v 8000000; exec "$@"', args);
      demand(code === 1, `Exit code ${code}: ${stderr.slice(-500)}`);
      demand(/^agop: /m.test(stderr) && !/unexpected/.test(stderr), stderr);
      demand(!existsSync(model), 'A model is written.');
      return stderr.trim().split('\n').at(-1)?.slice(0, 120) ?? '';
    },
  },
];
