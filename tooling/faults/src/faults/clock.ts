import { createNaiveBackend } from '@agop/core/naive';
import { RFMRegressor } from '@agop/rfm';
import { samples } from '../data.ts';
import { demand, type Fault } from '../fault.ts';

/** Clocks that jump. */
export const clock: readonly Fault[] = [
  {
    group: 'clock',
    name: 'the time of day jumps back and forth, and the machine sleeps, during a fit',
    holds: 'the same bits; seconds told are from 0 and finite',
    run: async () => {
      using backend = createNaiveBackend();
      const { x, y } = samples(40);
      using model = new RFMRegressor({ backend, iterations: 4 });
      await model.fit(x, y);
      const expected = await model.predict(x);
      const [now, performanceNow] = [Date.now, performance.now];
      let [jump, slept] = [0, 0];
      Date.now = () => now() + jump;
      performance.now = () => performanceNow.call(performance) + slept;
      let told = 0;
      try {
        await model.fit(x, y, {
          onIteration: ({ seconds, secondsLeft }) => {
            jump = told % 2 === 0 ? -1e12 : 1e12;
            slept += 3.6e6;
            told += 1;
            demand(Number.isFinite(seconds) && seconds >= 0, `It tells ${seconds} s.`);
            demand(Number.isFinite(secondsLeft) && secondsLeft >= 0, `It tells ${secondsLeft} s left.`);
          },
        });
      } finally {
        Date.now = now;
        performance.now = performanceNow;
      }
      const found = await model.predict(x);
      demand(
        found.every((value, i) => Object.is(value, expected[i])),
        'The predictions are others.',
      );
      return `${told} jumps`;
    },
  },
];
