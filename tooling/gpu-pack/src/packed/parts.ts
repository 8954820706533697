import { createGpuBackend } from '@agop/backend-gpu';
import { agreement } from './agreement.ts';
import { measure } from './measure.ts';
import { sanitize } from './sanitize.ts';
import { runCollected } from './suite.ts';

/** What became of a part, as its file of results has it. */
export interface PartResult {
  readonly status: 'passed' | 'failed' | 'left out';
  /** One line for people. */
  readonly summary: string;
  /** Further lines, the first ones the most important. */
  readonly lines?: readonly string[];
  /** Figures. */
  readonly data?: unknown;
}

/** A part of what `run.sh` does, run in a process of its own. */
export interface Part {
  readonly title: string;
  /** Seconds after which it is ended. */
  readonly limit: number;
  run(args: readonly string[]): Promise<PartResult>;
}

/** Parts by name, in the order in which they run. */
export const parts: Readonly<Record<string, Part>> = {
  info: { title: 'Device and libraries', limit: 60, run: info },
  conformance: {
    title: 'Conformance suite, life cycle, several devices',
    limit: 150,
    run: () => tests(async () => void (await import('../../../../packages/backend-gpu/test/device.test.ts'))),
  },
  memory: {
    title: 'Out of memory, and on',
    limit: 60,
    run: () =>
      tests(async () => void (await import('../../../../packages/backend-gpu/test/device-memory.test.ts'))),
  },
  agreement: { title: 'Agreement with the CPU', limit: 60, run: agreement },
  fits: {
    title: 'A thousand fits without a leak',
    limit: 90,
    run: () =>
      tests(async () => void (await import('../../../../packages/backend-gpu/test/device-fits.test.ts'))),
  },
  fixtures: { title: 'Parity with the published programs', limit: 120, run: fixtures },
  sanitizer: { title: 'Races and memory accesses (compute-sanitizer)', limit: 120, run: sanitize },
  bench: { title: 'Speed, beside PyTorch, and of each step', limit: 280, run: measure },
};

/** What two calls of `run.sh` do, each in under five minutes. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  check: ['info', 'conformance', 'memory', 'agreement', 'fits', 'fixtures', 'sanitizer'],
  measure: ['info', 'bench'],
  all: Object.keys(parts),
};

async function info(): Promise<PartResult> {
  using backend = await createGpuBackend({ engine: 'cuda' });
  const { description, details } = backend.device;
  const lines = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  return { status: 'passed', summary: description, lines, data: backend.device };
}

async function fixtures(): Promise<PartResult> {
  return tests(async () => {
    await import('../../../../packages/rfm/test/fixtures.test.ts');
    await import('../../../../packages/deep-rfm/test/fixtures.test.ts');
    await import('../../../../packages/conv-rfm/test/kernel-fixtures.test.ts');
    await import('../../../../packages/conv-rfm/test/loop-fixtures.test.ts');
    await import('../../../../packages/grokking/test/run-fixtures.test.ts');
    await import('../../../../packages/subspace/test/fixtures.test.ts');
  });
}

/** Runs the tests that `collect` brings in. */
async function tests(collect: () => Promise<void>): Promise<PartResult> {
  await collect();
  const { passed, skipped, failures, skippedNames } = await runCollected((line) => console.log(line));
  const summary = `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
  const lines = [
    ...failures.map(({ name, reason }) => `FAILED ${name}: ${reason}`),
    ...skippedNames.map((name) => `skipped ${name}`),
  ];
  const data = { passed, skipped, failures };
  if (failures.length > 0) return { status: 'failed', summary, lines, data };
  return { status: passed > 0 ? 'passed' : 'left out', summary, lines, data };
}
