import { AgopError } from '@agop/core';
import type { Bench } from './bench.ts';
import type { Target } from './target.ts';
import { type Verdict, Violation } from './verdict.ts';

/** Runs a target on an input and says whether what always must hold does. */
export async function judge(target: Target, input: unknown, bench: Bench): Promise<Verdict> {
  const before = bench.tensors;
  const rejections: unknown[] = [];
  const listen = (reason: unknown): void => void rejections.push(reason);
  process.on('unhandledRejection', listen);
  let verdict: Verdict;
  try {
    verdict = { passed: true, outcome: await target.run(input, bench) };
  } catch (error) {
    verdict = judgeError(error, target);
  } finally {
    if (rejections.length === 0) await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listen);
  }
  const polluted = prototypeChange();
  if (!verdict.passed) return verdict;
  if (polluted !== undefined) return failed('prototype changed', polluted);
  if (rejections.length > 0) return failed('unhandled rejection', String(rejections[0]), rejections[0]);
  const left = bench.tensors - before;
  if (left !== 0) return failed('tensor left', `${left} tensors are left (${verdict.outcome}).`);
  return verdict;
}

function judgeError(error: unknown, target: Target): Verdict {
  if (error instanceof Violation) return failed(error.fault, error.message, error);
  if (!AgopError.isInstance(error)) return failed('untyped error', String(error), error);
  if (target.refusals.includes(error.code)) return { passed: true, outcome: error.code };
  return failed('wrong error', `${error.code}: ${error.message}`, error);
}

function failed(fault: Violation['fault'], message: string, error?: unknown): Verdict {
  const stack = error instanceof Error ? [error, ...behind(error)].map((one) => one.stack).join('\n') : '';
  return { passed: false, fault, message: message.slice(0, 2000), stack: stack.slice(0, 4000) };
}

/** What an error stands on: its cause, and those that one of a disposal has taken the place of. */
function behind(error: Error): Error[] {
  const below = [error.cause, Reflect.get(error, 'error'), Reflect.get(error, 'suppressed')];
  return below.filter((one) => one instanceof Error).flatMap((one) => [one, ...behind(one)]);
}

const watched = { Object, Array, Function, String, Number, Map, Set, Promise, Error, Float64Array };
const kept = new Map(
  Object.entries(watched).map(([name, { prototype }]) => [name, Reflect.ownKeys(prototype).length]),
);

/** What has been added to the prototypes of the language; undefined if nothing. It is taken away again. */
function prototypeChange(): string | undefined {
  for (const [name, { prototype }] of Object.entries(watched)) {
    const keys = Reflect.ownKeys(prototype);
    if (keys.length === kept.get(name)) continue;
    const added = keys.slice(kept.get(name));
    for (const key of added) Reflect.deleteProperty(prototype, key);
    return `${name}.prototype has got ${added.map(String).join(', ')}.`;
  }
  return undefined;
}
