import { type Comparison, compareOutput, type Fixture, fixtureFolder, fixturesOfKind } from '@agop/fixtures';
import { findOperation, type ModularTask, modularTask } from '@agop/grokking';
import { gaussian, type Kernel, quadratic } from '@agop/rfm';
import { describe, expect, test } from 'vitest';

/** The fixtures of a kind; a visible skip with its reason where there are none. */
export function describeFixtures(kind: string, define: (fixtures: readonly Fixture[]) => void): void {
  const { missing } = fixtureFolder();
  if (missing) test.skip(`LEFT OUT, fixtures '${kind}': ${missing}`);
  else describe(`fixtures '${kind}'`, () => define(fixturesOfKind(kind)));
}

/** Fails with the comparison's message unless a result matches. */
export function expectOutput(
  fixture: Fixture,
  output: string,
  actual: ArrayLike<number>,
  precision: 'float32' | 'float64' = 'float64',
): void {
  const comparison: Comparison = compareOutput(fixture, output, actual, precision);
  expect(comparison.ok, comparison.message).toBe(true);
}

/** The task of a `grok` or `circulant_features` fixture, with its split. */
export function taskOf(fixture: Fixture): ModularTask {
  return modularTask({
    operation: findOperation(String(fixture.params['op'])),
    p: Number(fixture.params['p']),
    split: { train: fixture.input('train').data, test: fixture.input('test').data },
  });
}

/** The kernel of a `grok` fixture. */
export function kernelOf(fixture: Fixture): Kernel {
  return fixture.params['kernel'] === 'gaussian'
    ? gaussian({ bandwidth: Number(fixture.params['bandwidth']) })
    : quadratic({ scale: Number(fixture.params['scale']) });
}
