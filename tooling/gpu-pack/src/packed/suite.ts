// Stands in for vitest in the packed tests: it collects tests and runs them in order, one at a time.

export { expect } from './expectations.ts';

type Body = () => unknown;
interface Options {
  readonly timeout?: number;
}

interface Group {
  readonly name: string;
  readonly beforeAll: Body[];
  readonly afterAll: Body[];
  readonly parts: (Group | Case)[];
}

interface Case {
  readonly name: string;
  /** Undefined for a test that is left out. */
  readonly run: Body | undefined;
}

let current = newGroup('');

function newGroup(name: string): Group {
  return { name, beforeAll: [], afterAll: [], parts: [] };
}

export const describe = Object.assign(
  (name: string, define: () => void): void => {
    const outer = current;
    const group = newGroup(name);
    outer.parts.push(group);
    current = group;
    try {
      define();
    } finally {
      current = outer;
    }
  },
  {
    skipIf: (condition: unknown) => (name: string, define: () => void) => {
      if (condition) current.parts.push({ name, run: undefined });
      else describe(name, define);
    },
    each:
      <T>(rows: readonly T[]) =>
      (name: string, define: (row: T) => void) => {
        for (const row of rows) describe(named(name, row), () => define(row));
      },
  },
);

export const test = Object.assign(
  (name: string, second: Options | Body, third?: Body): void => {
    current.parts.push({ name, run: typeof second === 'function' ? second : third });
  },
  {
    skip: (name: string): void => {
      current.parts.push({ name, run: undefined });
    },
    each:
      <T>(rows: readonly T[]) =>
      (name: string, run: (row: T) => unknown) => {
        for (const row of rows) test(named(name, row), () => run(row));
      },
  },
);

export const it = test;

export function beforeAll(body: Body): void {
  current.beforeAll.push(body);
}

export function afterAll(body: Body): void {
  current.afterAll.push(body);
}

/** `$name` stands for the property of a row. */
function named(name: string, row: unknown): string {
  return name.replaceAll(/\$(\w+)/g, (_, key: string) =>
    typeof row === 'object' && row !== null ? String(Reflect.get(row, key)) : String(row),
  );
}

/** How a run of tests ended. */
export interface Outcome {
  passed: number;
  skipped: number;
  readonly skippedNames: string[];
  readonly failures: { readonly name: string; readonly reason: string }[];
}

/** Runs what has been collected, tells of each failure as it happens, and starts a new collection. */
export async function runCollected(tell: (line: string) => void): Promise<Outcome> {
  const collected = current;
  current = newGroup('');
  const outcome: Outcome = { passed: 0, skipped: 0, skippedNames: [], failures: [] };
  await runGroup(collected, '', outcome, tell);
  return outcome;
}

async function runGroup(
  group: Group,
  path: string,
  outcome: Outcome,
  tell: (line: string) => void,
): Promise<void> {
  const fail = (name: string, error: unknown): void => {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    outcome.failures.push({ name, reason });
    tell(`FAILED ${name}\n  ${reason.replaceAll('\n', '\n  ')}`);
  };
  try {
    for (const body of group.beforeAll) await body();
  } catch (error) {
    fail(`${path} (before its tests)`, error);
    return;
  }
  for (const part of group.parts) {
    const name = path === '' ? part.name : `${path} > ${part.name}`;
    if ('parts' in part) await runGroup(part, name, outcome, tell);
    else if (part.run === undefined) {
      outcome.skipped += 1;
      outcome.skippedNames.push(name);
      tell(`skipped ${name}`);
    } else {
      try {
        await part.run();
        outcome.passed += 1;
      } catch (error) {
        fail(name, error);
      }
    }
  }
  try {
    for (const body of group.afterAll) await body();
  } catch (error) {
    fail(`${path} (after its tests)`, error);
  }
}
