import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgopError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { RFMRegressor } from '@agop/rfm';
import { samples, tableFile } from '../data.ts';
import { demand, type Fault } from '../fault.ts';
import { startAgop } from '../programs.ts';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Work that is interrupted. */
export const interruption: readonly Fault[] = [
  ...(Object.keys(signals) as (keyof typeof signals)[]).map(
    (signal): Fault => ({
      group: 'interruption',
      name: `${signal} during agop fit`,
      holds: `exit code ${signals[signal]} at once; the old model stays, nothing half is written`,
      missing: () => (process.platform === 'win32' ? 'needs signals' : undefined),
      run: async ({ folder }) => {
        const table = tableFile(folder, 700);
        const [model, report] = [join(folder, 'model'), join(folder, 'report.html')];
        writeFileSync(model, 'old');
        const before = readdirSync(folder);
        const fit = ['fit', table, '--target', 'y', '--backend', 'naive', '--iterations', '500'];
        const { child, ended, says } = startAgop([...fit, '-o', model, '--report', report, '--json']);
        await says('iteration 1 of 500');
        const asked = performance.now();
        child.kill(signal);
        const { code, stdout } = await ended;
        const seconds = (performance.now() - asked) / 1000;
        demand(code === signals[signal], `Exit code ${code}.`);
        demand(seconds < 10, `It took ${seconds} s.`);
        demand(stdout === '', `It printed ${stdout}.`);
        demand(readFileSync(model, 'utf8') === 'old' && !existsSync(report), 'Something is written.');
        demand(String(readdirSync(folder)) === String(before), 'Something is left.');
        return `exit code ${code} after ${Math.round(1000 * seconds)} ms`;
      },
    }),
  ),
  {
    group: 'interruption',
    name: 'an AbortSignal fires at each turn of a fit',
    holds: 'an AbortedError, no tensor left; the old model answers on',
    run: async () => {
      using backend = createNaiveBackend();
      const { x, y } = samples(20, 3);
      using model = await new RFMRegressor({ backend, iterations: 3 }).fit(x, y);
      const expected = await model.predict(x);
      const { tensors } = backend.memory();
      let aborted = 0;
      for (let at = 0; at < 60; at++) {
        const error: unknown = await model.fit(x, y, { validation: 0.3, signal: firingAt(at) }).then(
          () => undefined,
          (reason) => reason,
        );
        if (error === undefined) break;
        demand(AgopError.isInstance(error) && error.code === 'ABORTED', `Turn ${at}: ${String(error)}`);
        demand(backend.memory().tensors === tensors, `Turn ${at}: tensors are left.`);
        const found = await model.predict(x);
        demand(
          found.every((value, i) => Object.is(value, expected[i])),
          'The model answers otherwise.',
        );
        aborted += 1;
      }
      demand(aborted > 0, 'It never ended.');
      return `${aborted} turns`;
    },
  },
];

/** A signal that has fired when it is asked for the n-th time, from 0. */
function firingAt(n: number): AbortSignal {
  const { signal } = new AbortController();
  let asked = 0;
  return new Proxy(signal, {
    get: (target, property) =>
      property === 'aborted' ? asked++ >= n : Reflect.get(target, property, target),
  });
}
