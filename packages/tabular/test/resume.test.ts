import { createCpuBackend } from '@agop/backend-cpu';
import { type LeafEvents, type TabularOptions, tabularSettings, tabularTrainer } from '@agop/tabular';
import { expect, test } from 'vitest';
import { normalRows, regressionJob } from './data.ts';

const x = normalRows(240, 3, 1);
const fresh = normalRows(50, 3, 2);

/** A folder in memory. */
class Folder {
  readonly files = new Map<string, Uint8Array>();
  readonly events = {
    readLeaf: (name: string) => Promise.resolve(this.files.get(name)),
    writeLeaf: async (name: string, bytes: Uint8Array) => void this.files.set(name, bytes),
  };
}

test('an interrupted fit goes on where it was, with the same bits', async () => {
  using backend = await createCpuBackend({ threads: 1 });
  const job = await regressionJob(x);
  const fit = async (
    events: LeafEvents & { readonly signal?: AbortSignal },
    options: Partial<TabularOptions> = {},
  ) => {
    const settings = tabularSettings({
      backend,
      iterations: 1,
      tree: { leafRows: 70, overlap: 0 },
      ...options,
    });
    const fitted = await tabularTrainer.fit(job, settings, events);
    const outputs = await tabularTrainer.predict(fitted, fresh);
    fitted.dispose();
    const leaves = fitted.leaves.map(({ best, history, rows }) => ({ best, history, rows }));
    return { outputs, leaves, routing: fitted.routing };
  };
  const whole = await fit({});
  const folder = new Folder();
  const controller = new AbortController();
  const interrupted = fit({
    ...folder.events,
    signal: controller.signal,
    onLeaf: ({ done }) => {
      if (done === 2) controller.abort();
    },
  });
  await expect(interrupted).rejects.toMatchObject({ code: 'ABORTED' });
  expect(folder.files.size).toBe(2);
  const [first] = folder.files.keys();
  folder.files.set(first as string, new Uint8Array(20));

  expect(await fit(folder.events)).toEqual(whole);
  expect(folder.files.size).toBe(4);
  let written = 0;
  const counting = {
    ...folder.events,
    writeLeaf: async () => {
      written += 1;
    },
  };
  expect(await fit(counting)).toEqual(whole);
  expect(written).toBe(0);
  // Another setting is another leaf.
  await fit(counting, { ridge: 0.5 });
  expect(written).toBe(4);
});
