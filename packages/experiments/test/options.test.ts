import { AgopError, say } from '@agop/core';
import { describeOption, flagNaming, flagsOf, type Given, resolve, type Schema } from '@agop/core/options';
import { describe, expect, test } from 'vitest';
import {
  checkCollapseSettings,
  checkFiltersSettings,
  checkGrokkingSettings,
  collapseOptions,
  filtersOptions,
  grokkingOptions,
} from '../src/options.ts';

/** What a command line says of options; undefined where nothing is wrong. */
function complaint<S extends Schema>(schema: S, check: (options: ReturnType<typeof resolve<S>>) => void) {
  return (given: Given<S>): string | undefined => {
    try {
      check(resolve(schema, given));
    } catch (error) {
      if (AgopError.isInstance(error)) return say(error.wording, flagNaming(schema));
      throw error;
    }
    return undefined;
  };
}

describe('options that do not go together', () => {
  const grokking = complaint(grokkingOptions, checkGrokkingSettings);
  test.each<[Given<typeof grokkingOptions>, RegExp]>([
    [
      { kernel: 'quadratic', bandwidth: 2 },
      /^The quadratic kernel has no bandwidth; leave out --bandwidth\.$/,
    ],
    [{ iterations: -1 }, /^--iterations must be a whole number from 0, but is -1\.$/],
    [{ show: '0,30' }, /^--show must list iterations from 0 to 29, divided by commas, but is '0,30'\.$/],
    [{ op: ['+', '-', '*'] }, /^--op can be given once or twice, but is given 3 times\.$/],
  ])('of grokking: %j', (given, message) => {
    expect(grokking(given)).toMatch(message);
  });

  const collapse = complaint(collapseOptions, checkCollapseSettings);
  test.each<[Given<typeof collapseOptions>, RegExp]>([
    [{ depth: 0 }, /^--depth must be a whole number from 1/],
    [{ ridge: -1 }, /^--ridge must be a number from 0/],
    [{ seed: -1 }, /^--seed must be/],
    [{ spectrum: 'cauchy' }, /^--spectrum needs --map cosine\.$/],
    [{ mapBandwidth: 3 }, /^--map-bandwidth needs --map cosine\.$/],
    [{ map: 'cosine', mapBandwidth: 0 }, /^--map-bandwidth must be a positive number, but is 0\.$/],
    [{ map: 'identity', width: 9 }, /leave out --width\.$/],
    [{ validation: 2 }, /^--validation must be a share between 0 and 1, but is 2\.$/],
    [{ bandwidth: 0 }, /^--bandwidth must be a positive number/],
  ])('of collapse: %j', (given, message) => {
    expect(collapse(given)).toMatch(message);
  });

  const filters = complaint(filtersOptions, checkFiltersSettings);
  test.each<[Given<typeof filtersOptions>, RegExp]>([
    [{ full: true }, /^--full needs --task noisy-mnist\.$/],
    [{ width: 3 }, /^--width needs --deep\.$/],
    [{ activation: 'none' }, /^--activation needs --deep\.$/],
    [{ bandwidth: 3 }, /^--bandwidth needs --kernel laplace or gaussian\.$/],
    [{ kernel: 'laplace', depth: 3 }, /^--depth needs --kernel ntk or nngp\.$/],
    [
      { validation: 'none', ridge: [1, 2] },
      /^--ridge is given 2 times: choosing among 1, 2 needs validation data\. .* --validation\.$/,
    ],
    [
      { task: 'noisy-mnist', full: true, limit: 9, testLimit: 9 },
      /^--full does not go with --limit and --test-limit, which say how many images there are\.$/,
    ],
    [{ iterations: 0, update: 'plain' }, /^--update does not go with --iterations 0, in which no AGOP/],
    [{ iterations: 0, agopImages: 5 }, /^--agop-images does not go with --iterations 0/],
    [{ kernel: 'laplace', bandwidth: 0 }, /^--bandwidth must be a positive number, but is 0\.$/],
    [{ memory: -1 }, /^--memory must be a positive number, but is -1\.$/],
    [{ task: 'star', data: 'x' }, /^--data does not go with --task star\.$/],
    [{ task: 'star', full: true }, /^--full does not go with --task star\.$/],
    [{ task: 'noisy-mnist', test: 'x' }, /^--test does not go with --task noisy-mnist\.$/],
  ])('of filters: %j', (given, message) => {
    expect(filters(given)).toMatch(message);
  });

  test('and those that do', () => {
    expect(grokking({ op: ['+', 'x^2+y^2'], show: '0, 29' })).toBeUndefined();
    expect(collapse({ map: 'cosine', spectrum: 'laplace', width: 20 })).toBeUndefined();
    expect(
      filters({ deep: 2, width: 4, ridge: [1, 2], task: 'noisy-mnist', validation: 0.1 }),
    ).toBeUndefined();
  });
});

test('flags and help come from the options', () => {
  const lines = Object.entries({ ...filtersOptions }).map(
    ([name, option]) => `${flagsOf(name, option)}  ${describeOption(option)}`,
  );
  expect(lines).toContain(
    '--ridge <number>  Ridge; repeatable, validation chooses (default: 1e-5 and 1e-3; 1e-3 without validation and for star, 1e-5 for noisy-mnist)',
  );
  expect(lines).toContain('--full  With --task noisy-mnist: the published size, 4000 images');
});
