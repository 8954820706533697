import * as fc from 'fast-check';
import type { Target } from '../target.ts';

const faults = {
  'a TypeError': () => Reflect.apply(Reflect.get(Object(undefined), 'nothing'), undefined, []),
  'an error of another kind': () => {
    throw Object.assign(new Error('planted'), { code: 'DEVICE', [Symbol.for('agop.error')]: true });
  },
  'a tensor': undefined,
  'a prototype': () => Reflect.set(Object.prototype, 'planted', true),
  'a promise': () => void Promise.reject(new Error('planted')),
  'an endless loop': () => {
    for (;;);
  },
  'the end of the process': () => process.exit(3),
} as const;

interface Input {
  readonly kind: keyof typeof faults;
  readonly number: number;
}

/** Goes wrong for all numbers from 10 on, in a way of one's choice: what the search is tested with. */
export function planted(kind: keyof typeof faults): Target<Input> {
  return {
    name: 'planted',
    inTests: 0,
    about: 'numbers from 10 on go wrong',
    inputs: fc.record({ kind: fc.constant(kind), number: fc.nat(1000) }),
    refusals: ['VALUE'],
    // As short as it may be where it is waited for.
    seconds: kind === 'an endless loop' ? 1 : 3,
    run: async (input, { naive }) => {
      if (input.number < 10) return 'small';
      if (input.kind === 'a tensor') naive.full([2], 1, 'float64');
      else faults[input.kind]();
      return 'large';
    },
  };
}
