import { DisposedError } from '@agop/core';
import { expect, test } from 'vitest';
import { KeptModel } from '../src/kept-model.ts';

function model(name: string) {
  const made = { name, freed: 0, fitted: { dispose } };
  function dispose(): void {
    made.freed += 1;
  }
  return made;
}

test('work finds the model that it began with, which is freed when the last of it has ended', async () => {
  const kept = new KeptModel<ReturnType<typeof model>>();
  const [first, second] = [model('first'), model('second')];
  kept.adopt(first);
  const ends: (() => void)[] = [];
  const work = () => kept.use('predict()', ({ name }) => new Promise((end) => ends.push(() => end(name))));
  const running = [work(), work()];
  kept.adopt(second);
  expect([first.freed, kept.current]).toEqual([0, second]);
  ends[0]?.();
  await running[0];
  expect(first.freed).toBe(0);
  ends[1]?.();
  expect(await running[1]).toBe('first');
  expect(first.freed).toBe(1);
  kept.dispose();
  kept.dispose();
  expect([first.freed, second.freed]).toEqual([1, 1]);
});

test('disposed under work, the work is told so; other errors stay what they are', async () => {
  const kept = new KeptModel<ReturnType<typeof model>>();
  kept.adopt(model('one'));
  const ofTensor = kept.use('predict()', async () => {
    await Promise.resolve();
    throw new DisposedError('A tensor [6, 6]');
  });
  const other = kept.use('predict()', async () => {
    await Promise.resolve();
    throw new RangeError('another');
  });
  kept.dispose();
  await expect(ofTensor).rejects.toThrow(
    'The model was disposed while predict() was running. Await predict() first. A `using` block disposes at its end: write `return await` in it, not `return`.',
  );
  await expect(other).rejects.toThrow(RangeError);
  await expect(kept.use('score()', () => 1)).rejects.toThrow(
    /score\(\) needs a fitted model, but this one has been disposed\. Keep it alive/,
  );
});

test('a model that is made while dispose is called is freed, and its maker told to stop', async () => {
  const kept = new KeptModel<ReturnType<typeof model>>();
  const late = model('late');
  let told: AbortSignal | undefined;
  const making = kept.make('fit()', undefined, async (signal) => {
    told = signal;
    await Promise.resolve();
    return late;
  });
  kept.dispose();
  await expect(making).rejects.toThrow(/^The model was disposed while fit\(\) was running/);
  expect([told?.aborted, late.freed, kept.current]).toEqual([true, 1, undefined]);
});
