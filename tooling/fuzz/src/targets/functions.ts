import { types } from 'node:util';
import { AgopError, type Backend, isTensor, Scope } from '@agop/core';
import * as fc from 'fast-check';
import type { Call } from '../calls/call.ts';
import { coreCalls } from '../calls/core.ts';
import { dataCalls } from '../calls/data.ts';
import { denseNetworkCalls } from '../calls/dense-networks.ts';
import { grokkingCalls } from '../calls/grokking.ts';
import { hashingCalls } from '../calls/hashing.ts';
import { networkCalls } from '../calls/networks.ts';
import { reportCalls } from '../calls/report.ts';
import { rfmCalls } from '../calls/rfm.ts';
import { serveCalls } from '../calls/serve.ts';
import { subspaceCalls } from '../calls/subspace.ts';
import { tabularCalls } from '../calls/tabular.ts';
import { theoryCalls } from '../calls/theory.ts';
import { oddNames, oddValue } from '../inputs/odd-values.ts';
import type { Target } from '../target.ts';

/** Public functions with arguments that they take. */
export const calls: readonly Call[] = [
  ...coreCalls,
  ...dataCalls,
  ...rfmCalls,
  ...networkCalls,
  ...denseNetworkCalls,
  ...grokkingCalls,
  ...reportCalls,
  ...subspaceCalls,
  ...hashingCalls,
  ...tabularCalls,
  ...theoryCalls,
  ...serveCalls,
];

/** Levels of the arguments that are changed. */
const deepest = 3;

/** What is put in the place of something in the arguments. */
interface Change {
  /** Way to the place: at each level, the number of the member, modulo how many there are. */
  readonly way: readonly number[];
  readonly value: string;
  /** Whether the value is added under a name that no option has. */
  readonly added: boolean;
}

interface Input {
  readonly call: string;
  readonly changes: readonly Change[];
}

const change: fc.Arbitrary<Change> = fc.record({
  way: fc.array(fc.nat(30), { minLength: 1, maxLength: deepest }),
  value: fc.constantFrom(...oddNames),
  added: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

/** All public functions, with something odd in the place of an argument, an option, or a member of one. */
export const functions: Target<Input> = {
  name: 'functions',
  inTests: 4000,
  // Defaults are made for engines that are faster than the naive one: 64 filters take 10 s of a busy machine.
  seconds: 60,
  about:
    'public functions and constructors: wrong kinds, extreme numbers, odd arrays, proxies, unknown options',
  inputs: fc.record({
    call: fc.constantFrom(...calls.map(({ of: [name = ''] }) => name)),
    changes: fc.array(change, { minLength: 1, maxLength: 2 }),
  }),
  refusals: [
    ...([
      'SHAPE',
      'DTYPE',
      'VALUE',
      'OPTION',
      'LABEL',
      'NOT_POSITIVE_DEFINITE',
      'DEGENERATE_METRIC',
    ] as const),
    ...([
      'OUT_OF_MEMORY',
      'UNAVAILABLE',
      'FORMAT',
      'STORAGE',
      'ABORTED',
      'NO_CONVERGENCE',
      'DISPOSED',
    ] as const),
    // Of queues and workers: no room for a request, and a patience that is too short.
    ...(['OVERLOADED', 'WORKER'] as const),
  ],
  every: function* ({ naive: backend }) {
    for (const call of calls) {
      for (const one of everyChange(call, backend)) yield { call: call.of[0] ?? '', changes: [one] };
    }
  },
  run: async ({ call: name, changes }, { naive: backend }) => {
    const call = calls.find(({ of: [own] }) => own === name);
    if (call === undefined) return 'no such call any more';
    using scope = new Scope(backend);
    const args = [...call.args({ ops: scope.ops, backend })];
    for (const each of changes) changeAt(args, each, call);
    let result: unknown;
    try {
      result = await call.call(...args);
    } catch (error) {
      // What callbacks and getters of the caller throw is theirs.
      if (isOfCaller(error)) return 'thrown by the caller';
      throw error;
    }
    release(result, new Set(args));
    return 'answered';
  },
};

/**
 * Options, and members of options, become anything. Of other arguments the compiler knows the kind, so they
 * become something of the same kind, unless the call takes anything.
 */
function changeAt(args: unknown[], { way, value, added }: Change, { ours = [], takesAnything }: Call): void {
  let holder: object = args;
  let isOption = takesAnything ?? false;
  for (const [level, step] of way.entries()) {
    const keys = Object.keys(holder);
    const key = keys[step % Math.max(1, keys.length)];
    if (key === undefined || ours.includes(key)) return;
    const inside = memberOf(holder, key);
    const isLast = level === way.length - 1 || !isOpen(inside);
    isOption ||= isOpen(inside) && !Array.isArray(inside);
    if (!isLast) {
      holder = inside;
      continue;
    }
    const odd = oddValue(value);
    if (added && isOpen(inside) && !Array.isArray(inside)) Reflect.set(inside, 'nonesuch', odd);
    else if (isOption || isAlike(odd, inside)) Reflect.set(holder, key, odd);
    return;
  }
}

/** Each odd value in each place of the arguments that `changeAt` would put it in, and under a new name. */
function* everyChange(call: Call, backend: Backend): Generator<Change> {
  using scope = new Scope(backend);
  const args = [...call.args({ ops: scope.ops, backend })];
  for (const { way, isOption, inside } of places(args, call)) {
    for (const value of oddNames) {
      if (isOption || isAlike(oddValue(value), inside)) yield { way, value, added: false };
    }
    if (isOpen(inside) && !Array.isArray(inside)) yield { way, value: '1', added: true };
  }
}

interface Place {
  readonly way: readonly number[];
  readonly isOption: boolean;
  readonly inside: unknown;
}

/** The places that a change can reach. */
function* places(
  holder: object,
  { ours = [], takesAnything = false }: Pick<Call, 'ours' | 'takesAnything'>,
  way: readonly number[] = [],
  above = takesAnything,
): Generator<Place> {
  for (const [at, key] of Object.keys(holder).entries()) {
    if (ours.includes(key)) continue;
    const inside = memberOf(holder, key);
    const isOption = above || (isOpen(inside) && !Array.isArray(inside));
    const here = [...way, at];
    yield { way: here, isOption, inside };
    if (here.length < deepest && isOpen(inside)) {
      yield* places(inside, { ours, takesAnything }, here, isOption);
    }
  }
}

/** What the compiler tells apart. */
function kindOf(value: unknown): string {
  if (typeof value === 'object' && types.isProxy(value)) return 'proxy';
  if (value instanceof BigInt64Array) return 'whole numbers without end';
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return listKind(value);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  if (isOurs(value)) return Object.keys(value).toSorted().join();
  return Object.getPrototypeOf(value)?.constructor?.name ?? 'object';
}

/** Lists by their first elements; an empty one may be a list of anything. */
function listKind(value: object): string {
  const first: unknown = Reflect.get(value, 0);
  return first === undefined ? 'list' : `list of ${Array.isArray(first) ? 'lists' : typeof first}`;
}

/** Whether the compiler would take one value for the other. */
function isAlike(one: unknown, other: unknown): boolean {
  const [a, b] = [kindOf(one), kindOf(other)];
  return a === b || (a.startsWith('list') && b.startsWith('list') && (a === 'list' || b === 'list'));
}

/** Backends, kernels, tables, tasks and the like, which are plain objects as well. */
function isOurs(value: object): boolean {
  return ['dtypes', 'geometry', 'drawnShapes', 'fields', 'columns', 'train', 'divides', 'solve'].some(
    (name) => name in value,
  );
}

/** Arrays and plain objects; tensors, backends and what else our own functions make are one value. */
function isOpen(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (isTensor(value) || isOurs(value)) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function isOfCaller(error: unknown): boolean {
  if (AgopError.isInstance(error) || !(error instanceof Error)) return false;
  return /^from a |proxy that has been revoked|detached ArrayBuffer|^Class constructor/.test(error.message);
}

/** Frees what a function has given, tensors or what holds them. */
function release(result: unknown, given: ReadonlySet<unknown>): void {
  if (typeof result !== 'object' || result === null || given.has(result)) return;
  // What the caller has put in comes out again.
  if (types.isProxy(result)) return;
  if ('dispose' in result && typeof result.dispose === 'function') result.dispose();
  else if (Object.getPrototypeOf(result) === Object.prototype) {
    for (const key of Object.keys(result)) release(memberOf(result, key), given);
  }
}

/** A member; undefined where an odd value throws when it is asked. */
function memberOf(holder: object, key: string): unknown {
  try {
    return Reflect.get(holder, key);
  } catch {
    return undefined;
  }
}
