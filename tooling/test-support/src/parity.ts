import type { FloatDType } from '@agop/core';
import { compareOutput, type Fixture, fixtureFolder, fixturesOfKind } from '@agop/fixtures';
import { describe, expect, test } from 'vitest';

/** Defines the tests of a kind of fixtures; a visible skip with its reason where there are none. */
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
  precision: FloatDType = 'float64',
): void {
  const comparison = compareOutput(fixture, output, actual, precision);
  expect(comparison.ok, comparison.message).toBe(true);
}

/**
 * Fails with all outputs of a fixture that differ, not only the first one, and where an output was not
 * computed or a result is none of the fixture's.
 *
 * @param results the elements of each output in the order of the fixture
 */
export function expectOutputs(
  fixture: Fixture,
  precision: FloatDType,
  results: Readonly<Record<string, ArrayLike<number>>>,
): void {
  expect(Object.keys(results).sort(), 'outputs compared').toEqual([...fixture.outputs].sort());
  const failures = Object.entries(results)
    .map(([output, actual]) => compareOutput(fixture, output, actual, precision))
    .filter(({ ok }) => !ok)
    .map(({ message }) => message);
  expect(failures).toEqual([]);
}
