import type { Axis, Backend, Tensor } from '../../backend.ts';
import type { DType } from '../../dtype.ts';
import { ShapeError } from '../../errors/index.ts';
import type { Matrix } from '../../matrix.ts';
import { describe } from '../checks.ts';
import type { Tensors } from '../tensors.ts';

export function reductions<B>(t: Tensors<B>): Pick<Backend, 'sum' | 'mean' | 'max' | 'norm' | 'argmax'> {
  const { engine } = t;
  const reduced = <D extends DType>(
    operation: string,
    a: Tensor<D>,
    axis: Axis,
    run: (source: Matrix<B>, out: Matrix<B>) => void,
  ): Tensor<D> => {
    const source = t.floats(operation, a);
    const shape = axis === 'all' ? [] : axis === 0 ? [1, source.columns] : [source.rows, 1];
    return t.make(shape, a.dtype, (out) => run(source, out));
  };

  return {
    sum: (a, axis) => reduced('sum', a, axis, (source, out) => engine.reduce('sum', source, axis, out)),
    mean: (a, axis) => reduced('mean', a, axis, (source, out) => engine.mean(source, axis, out)),
    max: (a, axis) => reduced('max', a, axis, (source, out) => engine.reduce('max', source, axis, out)),
    norm: (a, axis) => reduced('norm', a, axis, (source, out) => engine.norm(source, axis, out)),

    argmax(a, axis) {
      const source = t.floats('argmax', a);
      const [kept, count] = axis === 0 ? [source.columns, source.rows] : [source.rows, source.columns];
      if (count === 0) {
        throw new ShapeError(`argmax along axis ${axis}: ${describe(a)} has no entries there.`);
      }
      return t.make([kept], 'int32', (out) => engine.argmax(source, axis, out));
    },
  };
}
