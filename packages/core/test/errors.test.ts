import * as core from '@agop/core';
import { AgopError, type AgopErrorCode, formatBytes, reworded, throwIfAborted } from '@agop/core';
import { describe, expect, it } from 'vitest';

const errors: readonly (readonly [AgopError, string, AgopErrorCode, RegExp])[] = [
  [new core.ShapeError('s'), 'ShapeError', 'SHAPE', /^s$/],
  [new core.DTypeError('d'), 'DTypeError', 'DTYPE', /^d$/],
  [new core.ValueError('v', { row: 1, column: 2 }), 'ValueError', 'VALUE', /^v$/],
  [new core.OptionError('ridge', 'o'), 'OptionError', 'OPTION', /^o$/],
  [new core.UnknownLabelError('l', 'cat'), 'UnknownLabelError', 'LABEL', /^l$/],
  [
    new core.NotPositiveDefiniteError(3, -1e-9, 10),
    'NotPositiveDefiniteError',
    'NOT_POSITIVE_DEFINITE',
    /10 x 10.*pivot 3 is -1e-9.*duplicate rows.*`ridge`/,
  ],
  [new core.ConvergenceError('c'), 'ConvergenceError', 'NO_CONVERGENCE', /^c$/],
  [new core.DisposedError('X'), 'DisposedError', 'DISPOSED', /^X was used after/],
  [new core.BackendMismatchError('gram', 'a', 'b'), 'BackendMismatchError', 'BACKEND_MISMATCH', /'a'.*'b'/],
  [
    new core.OutOfMemoryError('wasm', 2 ** 31, 1536),
    'OutOfMemoryError',
    'OUT_OF_MEMORY',
    /2\.0 GiB, 1\.5 KiB are free/,
  ],
  [
    new core.OutOfMemoryError('cuda', Number.NaN, 512),
    'OutOfMemoryError',
    'OUT_OF_MEMORY',
    /cannot allocate memory, 512 B are free/,
  ],
  [
    new core.DeviceError('cuda', 'cuLaunchKernel', 'CUDA_ERROR_UNKNOWN', 'Try again.'),
    'DeviceError',
    'DEVICE',
    /^Backend 'cuda': cuLaunchKernel reports CUDA_ERROR_UNKNOWN\. Try again\.$/,
  ],
  [
    new core.UnavailableError('none', [{ what: 'cuda', reason: 'no driver' }]),
    'UnavailableError',
    'UNAVAILABLE',
    /^none\n {2}- cuda: no driver$/,
  ],
  [
    new core.DegenerateMetricError('zero'),
    'DegenerateMetricError',
    'DEGENERATE_METRIC',
    /^The average gradient outer product is 0: .* bandwidth/,
  ],
  [new core.NotFittedError('predict()'), 'NotFittedError', 'NOT_FITTED', /^predict\(\) needs a fitted model/],
  [new core.FormatError('f'), 'FormatError', 'FORMAT', /^f$/],
  [new core.StorageError('st'), 'StorageError', 'STORAGE', /^st$/],
  [new core.WorkerError('it ended'), 'WorkerError', 'WORKER', /^it ended$/],
  [new core.OverloadedError(5, 8, 10), 'OverloadedError', 'OVERLOADED', /\b10\b/],
  [new core.AbortedError('fit()', 'why'), 'AbortError', 'ABORTED', /^fit\(\) was aborted/],
];

describe('errors', () => {
  it.each(errors.map((entry) => [entry[1], ...entry] as const))('%s', (_, error, name, code, message) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(AgopError);
    expect(AgopError.isInstance(error)).toBe(true);
    expect(error.name).toBe(name);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('are instances of their own class, and of no other', () => {
    const classes = Object.values(core).filter(
      (value): value is typeof AgopError =>
        typeof value === 'function' && value.prototype instanceof AgopError,
    );
    expect(new Set(errors.map(([error]) => error.code)).size).toBe(classes.length);
    for (const [error] of errors) {
      const own = classes.filter((one) => one.isInstance(error));
      expect(own).toEqual([error.constructor]);
    }
  });

  it('carry what a program needs to go on', () => {
    expect(new core.ValueError('v', { row: 1, column: 2 })).toMatchObject({ row: 1, column: 2 });
    expect(new core.NotPositiveDefiniteError(3, -1, 10)).toMatchObject({ pivot: 3, value: -1, order: 10 });
    expect(new core.OutOfMemoryError('x', 10)).toMatchObject({
      requestedBytes: 10,
      availableBytes: undefined,
    });
    expect(new core.AbortedError('fit()', 'why').cause).toBe('why');
    expect(new core.UnknownLabelError('l', 'cat', { row: 4 })).toMatchObject({ label: 'cat', row: 4 });
  });

  it('are recognised across copies of the package, and nothing else is', () => {
    const foreign = Object.assign(new Error('other copy'), {
      [Symbol.for('agop.error')]: true,
      code: 'SHAPE',
    });
    expect(AgopError.isInstance(foreign)).toBe(true);
    expect(core.ShapeError.isInstance(foreign)).toBe(true);
    expect(core.DTypeError.isInstance(foreign)).toBe(false);
    for (const other of [new Error('x'), null, undefined, 'SHAPE', { code: 'SHAPE' }]) {
      expect(AgopError.isInstance(other)).toBe(false);
      expect(core.ShapeError.isInstance(other)).toBe(false);
    }
  });

  it('keep class and facts where they are reworded', () => {
    const error = new core.OptionError('ridge', { requirement: 'be positive', received: -1 });
    const other = reworded(error, '--ridge must be positive.');
    expect(other).toBeInstanceOf(core.OptionError);
    expect(other).toMatchObject({ name: 'OptionError', code: 'OPTION', option: 'ridge', received: -1 });
    expect(other).toMatchObject({ message: '--ridge must be positive.', wording: [other.message] });
    expect(other.cause).toBe(error);
    expect(error.message).toMatch(/^ridge must be positive/);
    expect(core.OptionError.isInstance(other)).toBe(true);
  });

  it('of an aborted signal carry its reason', () => {
    const controller = new AbortController();
    expect(() => throwIfAborted(controller.signal, 'fit()')).not.toThrow();
    expect(() => throwIfAborted(undefined, 'fit()')).not.toThrow();
    controller.abort(new Error('Ctrl-C'));
    expect(() => throwIfAborted(controller.signal, 'fit()')).toThrow(
      expect.objectContaining({ code: 'ABORTED', cause: expect.objectContaining({ message: 'Ctrl-C' }) }),
    );
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [10 * 1024 ** 2, '10 MiB'],
    [3.25 * 1024 ** 3, '3.3 GiB'],
    [2 ** 60, '1048576 TiB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
