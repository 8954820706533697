// A backend and a fit where the system grants little memory; says what became of them.
import { createCpuBackend } from '@agop/backend-cpu';
import { AgopError } from '@agop/core';
import { RFMRegressor } from '@agop/rfm';
import { samples } from '../data.ts';

const say = (what: string, error: unknown): void =>
  console.log(what, AgopError.isInstance(error) ? error.code : `untyped ${String(error)}`);
try {
  using backend = await createCpuBackend({ threads: 1 });
  for (const rows of [3000, 40]) {
    const { x, y } = samples(rows);
    const before = backend.memory().tensors;
    try {
      using model = await new RFMRegressor({ backend, iterations: 1 }).fit(x, y);
      console.log(`${rows} rows: fitted ${(await model.score(x, y)).toFixed(2)}`);
    } catch (error) {
      say(`${rows} rows:`, error);
    }
    console.log('left', backend.memory().tensors - before);
  }
} catch (error) {
  say('no backend:', error);
}
