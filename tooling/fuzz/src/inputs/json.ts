import * as fc from 'fast-check';

/** A way into a JSON value: at each level, the member of this number, modulo how many there are. */
export type Way = readonly number[];

/** One change to a JSON value: at the end of the way, another value, none, or a further member. */
export interface JsonEdit {
  readonly way: Way;
  readonly change: 'replace' | 'remove' | 'add' | 'repeat';
  readonly value: unknown;
  /** Name of a member that is added. */
  readonly name: string;
}

const names = ['__proto__', 'constructor', 'toString', 'length', 'version', '', 'x'];

const oddJson: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 2, 3, 1e300, -1e300, 1e-300, 2 ** 31, 2 ** 53],
  ...['', 'NaN', '__proto__', 'constructor', 'laplace', 'float64', 'x'.repeat(5000)],
  ...[[], {}, [[]], [0], [null], { x: 1 }, ['a', 'a']],
];

/** Changes to a JSON value of some depth. */
export const jsonEdits: fc.Arbitrary<readonly JsonEdit[]> = fc.array(
  fc.record({
    way: fc.array(fc.nat(30), { maxLength: 6 }),
    change: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'repeat'),
    value: fc.oneof(
      fc.constantFrom(...oddJson),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
    ),
    name: fc.constantFrom(...names),
  }),
  { maxLength: 3 },
);

/** A changed copy of a JSON value. */
export function editJson(value: unknown, { way, change, value: by, name }: JsonEdit): unknown {
  const [step, ...rest] = way;
  if (typeof value !== 'object' || value === null) return change === 'replace' ? by : value;
  const entries: [string, unknown][] = Object.entries(value);
  const at = step === undefined || entries.length === 0 ? -1 : step % entries.length;
  const [key, inside] = entries[at] ?? [];
  if (key === undefined || (rest.length === 0 && change === 'add')) {
    if (change === 'replace' || change === 'remove') return by;
    return rebuilt(value, [...entries, [name, by]]);
  }
  if (rest.length > 0)
    return rebuilt(value, entries.with(at, [key, editJson(inside, { way: rest, change, value: by, name })]));
  if (change === 'remove') return rebuilt(value, entries.toSpliced(at, 1));
  if (change === 'repeat') return rebuilt(value, [...entries, [key, inside]]);
  return rebuilt(value, entries.with(at, [key, by]));
}

/** Members that are called `__proto__` become members. */
function rebuilt(like: object, entries: readonly (readonly [string, unknown])[]): unknown {
  return Array.isArray(like) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
