import {
  AgopError,
  NotPositiveDefiniteError,
  OptionError,
  type OptionProblem,
  say,
  wording,
} from '@agop/core';
import {
  checkChoice,
  checkMembers,
  checkNonNegative,
  checkNumbers,
  checkObjects,
  checkPositive,
  checkRange,
  checkText,
  checkWhole,
  choice,
  describeOption,
  flag,
  flagNaming,
  flagsOf,
  list,
  nearestName,
  number,
  option,
  optionTable,
  parseSettings,
  resolve,
  type Settings,
  share,
  text,
  whole,
} from '@agop/core/options';
import { describe, expect, expectTypeOf, it } from 'vitest';

const schema = {
  target: text({ description: 'Column to predict', required: true, short: 't', placeholder: 'column' }),
  kernel: choice(['laplace', 'gaussian'], { description: '{choices}', default: 'laplace' }),
  bandwidth: number({ description: 'Bandwidth L', above: 0, default: 10, aliases: ['scale'] }),
  exponent: number({ description: 'Exponent', from: 0, namesInCode: ['q'] }),
  iterations: whole({ description: 'Updates', from: 0, defaultWords: 'by the preset' }),
  mapBandwidth: number({ description: 'Of maps', above: 0, to: 2 }),
  ridge: list(number({ description: 'Ridge', from: 0 }), { default: [1e-5, 1e-3] }),
  validation: option<number | 'none'>(
    {
      placeholder: 'share',
      requirement: 'be a share between 0 and 1, or none',
      parse: (typed) => (typed === 'none' ? typed : Number(typed)),
      read: (value) =>
        value === 'none' || (typeof value === 'number' && value > 0 && value < 1) ? value : undefined,
    },
    { description: 'Held out', default: 0.2 },
  ),
  part: share({ description: 'Part' }),
  header: flag({ description: 'The first line is data', default: true }),
  json: flag({ description: 'One JSON object' }),
};

describe('resolve', () => {
  it('fills in defaults and says the types of the settings', () => {
    const settings = resolve(schema, { target: 'y', ridge: [0], exponent: 2 });
    expectTypeOf(settings).toEqualTypeOf<Settings<typeof schema>>();
    expectTypeOf(settings.bandwidth).toEqualTypeOf<number>();
    expectTypeOf(settings.exponent).toEqualTypeOf<number | undefined>();
    expectTypeOf(settings.kernel).toEqualTypeOf<'laplace' | 'gaussian'>();
    expectTypeOf(settings.ridge).toEqualTypeOf<readonly number[]>();
    expectTypeOf(settings.validation).toEqualTypeOf<number | 'none'>();
    expect(settings).toEqual({
      target: 'y',
      kernel: 'laplace',
      bandwidth: 10,
      exponent: 2,
      iterations: undefined,
      mapBandwidth: undefined,
      ridge: [0],
      validation: 0.2,
      part: undefined,
      header: true,
      json: false,
    });
  });

  it('survives JSON', () => {
    const settings = resolve(schema, { target: 'y', iterations: 3, validation: 'none' });
    expect(parseSettings(schema, JSON.parse(JSON.stringify(settings)))).toEqual(settings);
    expect(() => parseSettings(schema, [])).toThrow('target must be given.');
  });

  it.each([
    [{ bandwidth: 0 }, 'bandwidth must be a positive number, but is 0.'],
    [{ bandwidth: Number.NaN }, 'bandwidth must be a positive number, but is NaN.'],
    [{ exponent: -1 }, 'exponent must be a number from 0, but is -1.'],
    [{ iterations: 1.5 }, 'iterations must be a whole number from 0, but is 1.5.'],
    [{ iterations: '3' }, "iterations must be a whole number from 0, but is '3'."],
    [{ kernel: 'box' }, "kernel must be one of laplace, gaussian, but is 'box'."],
    [{ mapBandwidth: 3 }, 'mapBandwidth must be above 0 and at most 2, but is 3.'],
    [{ part: 1 }, 'part must be a share between 0 and 1, but is 1.'],
    [{ ridge: [1, -1, 2] }, 'ridge must be a number from 0, but is -1.'],
    [{ validation: 'no' }, "validation must be a share between 0 and 1, or none, but is 'no'."],
    [{ json: 'yes' }, "json must be true or false, but is 'yes'."],
    [{ bandwith: 1 }, "There is no option 'bandwith'. Did you mean bandwidth?"],
    [{ bogus: 1 }, /^There is no option 'bogus'\. The options are target, kernel, .*, json\.$/],
  ])('refuses %j', (values, message) => {
    const parse = () => parseSettings(schema, { target: 'y', ...values });
    expect(parse).toThrow(OptionError);
    expect(parse).toThrow(message);
  });

  it('says which name was meant', () => {
    expect(() => parseSettings(schema, { bandwith: 1 })).toThrow(
      expect.objectContaining({ suggestion: { option: 'bandwidth', direction: 'use' } }),
    );
  });

  it('takes old names, with a note', () => {
    const notes: string[] = [];
    expect(
      resolve(schema, Object.assign({ target: 'y' }, { scale: 3 }), (note) => notes.push(note)).bandwidth,
    ).toBe(3);
    expect(notes).toEqual(['The option scale is now called bandwidth.']);
  });

  it('finds the nearest name', () => {
    expect(nearestName('ITERATION', Object.keys(schema))).toBe('iterations');
    expect(nearestName('xyz', Object.keys(schema))).toBeUndefined();
  });
});

describe('documentation', () => {
  it('has flags, descriptions and a table', () => {
    const help = Object.entries(schema).map(([name, one]) => `${flagsOf(name, one)}  ${describeOption(one)}`);
    expect(help).toEqual([
      '-t, --target <column>  Column to predict (required)',
      '--kernel <name>  laplace or gaussian (default: laplace)',
      '--bandwidth <number>  Bandwidth L (default: 10)',
      '--exponent <number>  Exponent',
      '--iterations <number>  Updates (default: by the preset)',
      '--map-bandwidth <number>  Of maps',
      '--ridge <number>  Ridge (default: 0.00001 and 0.001)',
      '--validation <share>  Held out (default: 0.2)',
      '--part <share>  Part',
      '--no-header  The first line is data',
      '--json  One JSON object',
    ]);
    const { kernel, header } = schema;
    expect(optionTable({ kernel, header }, flagsOf)).toBe(
      [
        '| option | meaning | default |',
        '| --- | --- | --- |',
        '| `--kernel <name>` | laplace or gaussian | laplace |',
        '| `--no-header` | The first line is data |  |',
      ].join('\n'),
    );
  });

  it('reads texts of a command line', () => {
    expect(schema.bandwidth.parse('2.5')).toBe(2.5);
    expect(schema.bandwidth.parse('')).toBe('');
    expect(schema.bandwidth.parse('wide')).toBe('wide');
    expect(schema.target.parse('10')).toBe('10');
  });
});

describe('messages', () => {
  const naming = flagNaming(schema);

  it('call options as the command line does', () => {
    const problem: OptionProblem = {
      requirement: 'be a positive number',
      received: -1,
      suggestion: { option: 'mapBandwidth', direction: 'use', value: 3 },
    };
    const error = new OptionError('q', problem);
    expect(error).toMatchObject({ option: 'q', ...problem });
    expect(error.message).toBe('q must be a positive number, but is -1. Use mapBandwidth 3.');
    expect(say(error.wording, naming)).toBe(
      '--exponent must be a positive number, but is -1. Use --map-bandwidth 3.',
    );
    const singular = new NotPositiveDefiniteError(1, 0, 2);
    expect(singular.message).toContain("raise `ridge`, reduce the bandwidth, or use dtype 'float64'.");
    expect(say(singular.wording, naming)).toContain(
      "raise --ridge, reduce the --bandwidth, or use dtype 'float64'.",
    );
    expect(say(new AgopError('VALUE', 'as it is').wording, naming)).toBe('as it is');
    const spaced = wording`${{ option: 'target', value: "the owner's name" }}`;
    expect(say(spaced, naming)).toBe(`--target 'the owner'\\''s name'`);
    const header = { header: flag({ description: 'No header', default: true }) };
    expect(say(wording`${{ option: 'header' }}`, flagNaming(header))).toBe('--no-header');
  });

  it.each([
    ['raise', 'Raise `ridge`.'],
    ['lower', 'Lower `ridge`.'],
    ['omit', 'Leave out `ridge`.'],
    ['use', 'Use `ridge`.'],
  ] as const)('suggest to %s', (direction, sentence) => {
    const suggestion = { option: 'ridge', direction };
    expect(new OptionError('ridge', { requirement: 'be 1', suggestion }).message).toBe(
      `ridge must be 1. ${sentence}`,
    );
  });
});

describe('checks', () => {
  it('return what holds, and refuse what does not', () => {
    expect(checkPositive('a', 2)).toBe(2);
    expect(() => checkPositive('a', 0)).toThrow('a must be a positive number, but is 0.');
    expect(checkNonNegative('a', 0)).toBe(0);
    expect(() => checkNonNegative('a', Number.POSITIVE_INFINITY)).toThrow('a must be a number from 0');
    expect(checkRange('p', 2, 0, 2)).toBe(2);
    expect(() => checkRange('p', 3, 0, 2)).toThrow('p must be above 0 and at most 2, but is 3.');
    expect(checkWhole('n', 1, 1)).toBe(1);
    expect(() => checkWhole('n', 0, 1)).toThrow('n must be a whole number from 1, but is 0.');
    expect(checkChoice('c', 'x', ['x', 'y'])).toBe('x');
    const z: string = 'z';
    expect(() => checkChoice('c', z, ['x', 'y'])).toThrow("c must be one of x, y, but is 'z'.");
  });
});

describe('lists', () => {
  const endless = Object.assign([], { length: 2 ** 32 - 1 });

  it('numbers, of arrays and typed arrays, also NaN', () => {
    expect(checkNumbers('v', [1, Number.NaN])).toEqual([1, Number.NaN]);
    expect(checkNumbers('v', Float32Array.of(1, 2), 2)).toEqual(Float32Array.of(1, 2));
    expect(checkNumbers('v', [])).toEqual([]);
    expect(() => checkNumbers('v', [1, 2], 3)).toThrow(/v must have 3 numbers, but has 2/);
  });

  it.each([[Symbol('odd')], [null], ['1'], [['1']], [BigInt64Array.of(1n)], [{ length: 1 }]])(
    'what is no list of numbers: %o',
    (odd) => {
      expect(() => Reflect.apply(checkNumbers, undefined, ['v', odd])).toThrow(OptionError);
      expect(() => checkMembers('f()', { v: odd }, { v: 'numbers' })).toThrow(OptionError);
    },
  );

  it('a hole ends the search, however long the list is', () => {
    expect(() => checkNumbers('v', endless)).toThrow(OptionError);
    for (const kind of ['list', 'lists', 'numbers', 'texts'] as const) {
      expect(() => checkMembers('f()', { v: endless }, { v: kind })).toThrow(OptionError);
    }
    expect(() => checkObjects('waves', endless, 'waves')).toThrow(/waves must be a list of waves/);
  });

  it('texts', () => {
    expect(checkText('name', 'a')).toBe('a');
    expect(() => Reflect.apply(checkText, undefined, ['name', Symbol('odd')])).toThrow(/name must be a text/);
  });
});

it.each([[undefined], [null], [1], [[]]])('settings that are no object: %o', (given) => {
  const schema = { depth: whole({ from: 1, default: 2, description: 'x' }) };
  expect(() => Reflect.apply(resolve, undefined, [schema, given])).toThrow(OptionError);
});

it('names that are too long to be compared are like none', () => {
  const long = 'x'.repeat(100_000);
  expect(nearestName(long, [long, 'depth'])).toBeUndefined();
  expect(nearestName('dept', [long, 'depth'])).toBe('depth');
});
