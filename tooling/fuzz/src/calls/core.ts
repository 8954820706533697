import * as core from '@agop/core';
import * as options from '@agop/core/options';
import { type Call, type Making, ofLength, open, plain } from './call.ts';
import { rows, square } from './sample-data.ts';

const matrix = ({ ops }: Making, shape: readonly [number, number] = [3, 3]): core.Tensor =>
  ops.tensor(
    Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => 1 + Math.sin(i)),
    shape,
    'float64',
  );
const definite = ({ ops }: Making): core.Tensor => ops.tensor(square(), [3, 3], 'float64');

/** An operation of a backend, called on the backend that arguments are made with. */
function operation(name: string, args: (making: Making) => readonly unknown[]): Call {
  return {
    of: [`Backend.${name}`],
    args: (making) => [making.backend, ...args(making)],
    call: (backend, ...given) => {
      const method: unknown = Reflect.get(Object(backend), name);
      if (typeof method !== 'function')
        throw new core.OptionError('backend', 'The backend itself is not tried here.');
      return Reflect.apply(method, backend, given);
    },
  };
}

const x = core.input('x');

/** Functions of @agop/core that take what programs hand in. */
export const coreCalls: readonly Call[] = [
  operation('tensor', () => [Float64Array.of(1, 2, 3, 4), [2, 2], 'float64']),
  operation('full', () => [[2, 3], 0.5, 'float32']),
  operation('identity', () => [3, 'float64']),
  operation('random', () => [[2, 3], 'normal', { seed: 1, stream: 2 }, 'float64']),
  operation('clone', (making) => [matrix(making)]),
  operation('reshape', (making) => [matrix(making, [2, 3]), [3, 2], { consume: false }]),
  operation('cast', (making) => [matrix(making), 'float32']),
  operation('transpose', (making) => [matrix(making)]),
  operation('rows', (making) => [matrix(making), 1, 2]),
  operation('gather', (making) => [matrix(making), making.ops.tensor(Int32Array.of(2, 0), [2], 'int32')]),
  operation('concat', (making) => [[matrix(making), matrix(making)], 0]),
  operation('diagonal', (making) => [matrix(making)]),
  operation('matmul', (making) => [
    matrix(making),
    matrix(making),
    { transposeA: true, transposeB: false, alpha: 2, batches: 1 },
  ]),
  operation('gram', (making) => [matrix(making), { transpose: true, alpha: 0.5 }]),
  operation('cholesky', (making) => [definite(making), { ridge: 0.1, overwrite: false }]),
  operation('solveTriangular', (making) => [
    definite(making),
    matrix(making),
    { transpose: true, overwrite: false },
  ]),
  operation('solvePositiveDefinite', (making) => [
    definite(making),
    matrix(making),
    { ridge: 0.1, overwrite: false },
  ]),
  operation('eigh', (making) => [definite(making)]),
  operation('map', (making) => [x.mul(core.input('s')), { x: matrix(making), s: 2 }, {}]),
  operation('sum', (making) => [matrix(making), 0]),
  operation('mean', (making) => [matrix(making), 1]),
  operation('max', (making) => [matrix(making), 'all']),
  operation('argmax', (making) => [matrix(making), 1]),
  operation('norm', (making) => [matrix(making), 'all']),
  operation('pairwise', (making) => [
    matrix(making),
    matrix(making),
    core.input('u').mul(core.input('w')),
    { inputs: { w: 2 }, symmetric: false },
  ]),
  operation('powerDistances', (making) => [matrix(making), matrix(making), 1.5]),
  operation('powerDistanceGradients', (making) => [matrix(making), matrix(making), matrix(making), 1.5]),
  operation('patches', (making) => [
    making.ops.full([1, 4, 4, 2], 1, 'float64'),
    { size: 3, stride: 1, padding: 1 },
  ]),
  operation('windowSums', (making) => [
    making.ops.full([16, 2], 1, 'float64'),
    { height: 4, width: 4, size: 3, padding: 1 },
  ]),
  operation('extension', () => [{ name: 'nothing', prepare: () => ({ shape: [1], parameters: {} }) }]),
  plain('add', core.add, (making) => [making.backend, matrix(making), 2, {}]),
  plain('divide', core.divide, (making) => [making.backend, matrix(making), 2, {}]),
  plain('multiply', core.multiply, (making) => [making.backend, matrix(making), 2, {}]),
  plain('subtract', core.subtract, (making) => [making.backend, matrix(making), 2, {}]),
  ofLength('randomArray', core.randomArray, () => [5, 'normal', { seed: 1, stream: 0 }, 'float64']),
  ofLength('randomPermutation', core.randomPermutation, () => [5, { seed: 1, stream: 0 }]),
  plain('subkey', core.subkey, () => [1, 'split', 0]),
  plain('hostArray', core.hostArray, () => ['float64', 3]),
  plain('fromFloat16', core.fromFloat16, () => [0x3c01]),
  plain('sizeOf', core.sizeOf, () => [[2, 3]]),
  plain('chooseDType', core.chooseDType, ({ backend }) => [backend, 'float32', 'float64']),
  plain('formatBytes', core.formatBytes, () => [1e6]),
  plain('constant', core.constant, () => [1]),
  plain('input', core.input, () => ['x']),
  plain('derivative', core.derivative, () => [x.mul(2), 'x']),
  plain('substitute', core.substitute, () => [x.mul(2), { x: core.constant(1) }]),
  plain('compileScalar', core.compileScalar, () => [x.mul(2)]),
  plain('selectLess', core.selectLess, () => [x, 1, 2, 3]),
  plain('selectLessEqual', core.selectLessEqual, () => [x, 1, 2, 3]),
  plain('throwIfAborted', core.throwIfAborted, () => [new AbortController().signal, 'The work']),
  {
    of: ['Expression'],
    args: () => [x, 2],
    call: (expression, other) =>
      expression instanceof core.Expression
        ? Reflect.apply(core.Expression.prototype.add, expression, [other])
        : undefined,
  },
  open('isTensor', core.isTensor, () => [rows()]),
  plain('nearestName', options.nearestName, () => ['a', ['b', 'c']]),
  plain('checkWhole', options.checkWhole, () => ['depth', 3, 1, 5]),
  open('parseSettings', options.parseSettings, () => [
    {
      depth: options.whole({ from: 1, to: 5, default: 2, description: 'x' }),
      share: options.share({ description: 'x' }),
      names: options.list(options.text({ description: 'x' })),
      kind: options.choice(['a', 'b'], { description: 'x', default: 'a' }),
      on: options.flag({ description: 'x' }),
      size: options.number({ above: 0, description: 'x' }),
    },
    { depth: 3, share: 0.5, names: ['a'], kind: 'b', on: true, size: 1 },
  ]),
];
