import type { Backend } from '../../backend.ts';
import { DTypeError, ShapeError } from '../../errors/index.ts';
import type { Matrix } from '../../matrix.ts';
import { checkObject } from '../../options/checks.ts';
import { columnsOf, rowsOf } from '../broadcast.ts';
import { checkLength, checkSameDType, checkShape, checkSquare, describe, hasDType } from '../checks.ts';
import { checkIndexRange } from '../index-range.ts';
import type { Tensors } from '../tensors.ts';

export function rearrangement<B>(
  t: Tensors<B>,
): Pick<Backend, 'clone' | 'reshape' | 'cast' | 'transpose' | 'rows' | 'gather' | 'concat' | 'diagonal'> {
  const { engine } = t;
  return {
    clone: (a) => t.copy('clone', a, a.shape),

    reshape(a, shape, options = {}) {
      const { consume = false } = checkObject('reshape', options);
      const source = t.own('reshape', a);
      checkShape('reshape', shape);
      checkLength('reshape', a.size, shape);
      return consume ? t.reuse(source, shape) : t.copy('reshape', a, shape);
    },

    cast(a, dtype) {
      const source = t.flat('cast', a);
      if (hasDType(a, dtype)) return t.copy('cast', a, a.shape);
      return t.make(a.shape, dtype, (out) =>
        engine.cast(source, { ...out, rows: 1, columns: source.columns }),
      );
    },

    transpose(a) {
      const source = t.matrix('transpose', a);
      return t.make([source.columns, source.rows], a.dtype, (out) => engine.transpose(source, out));
    },

    rows(a, begin, end) {
      const source = t.matrix('rows', a);
      if (
        !Number.isInteger(begin) ||
        !Number.isInteger(end) ||
        begin < 0 ||
        end < begin ||
        end > source.rows
      ) {
        throw new ShapeError(
          `rows: ${begin} to ${end} is not a range within the ${source.rows} rows of ${describe(a)}.`,
        );
      }
      return t.make([end - begin, source.columns], a.dtype, (out) => engine.copyRows(source, begin, out));
    },

    gather(a, indices) {
      const source = t.matrix('gather', a);
      const index = t.flat('gather', indices);
      const mistake = `gather: indices must be an int32 tensor of rank 1, but is ${describe(indices)}.`;
      if (indices.dtype !== 'int32') throw new DTypeError(mistake);
      if (indices.shape.length !== 1) throw new ShapeError(mistake);
      const { indexRange } = t.own('gather', indices);
      if (indexRange) checkIndexRange('gather', indexRange, source.rows);
      return t.make([indices.size, source.columns], a.dtype, (out) => engine.gather(source, index, out));
    },

    concat(parts, axis) {
      const first = parts[0];
      if (!first) throw new ShapeError('concat: give at least one matrix.');
      const matrices = parts.map((part) => t.matrix('concat', part));
      checkSameDType('concat', parts);
      const other = axis === 0 ? 'columns' : 'rows';
      if (matrices.some((m) => m[other] !== matrices[0]?.[other])) {
        throw new ShapeError(
          `concat along axis ${axis}: all parts need equally many ${other}, but they are ${parts.map(describe).join(', ')}.`,
        );
      }
      const rows = axis === 0 ? total(matrices, 'rows') : rowsOf(first.shape);
      const columns = axis === 1 ? total(matrices, 'columns') : columnsOf(first.shape);
      return t.make([rows, columns], first.dtype, (out) => {
        let offset = 0;
        for (const part of matrices) {
          engine.place(part, out, axis === 0 ? offset : 0, axis === 1 ? offset : 0);
          offset += axis === 0 ? part.rows : part.columns;
        }
      });
    },

    diagonal(a) {
      const source = t.matrix('diagonal', a);
      checkSquare('diagonal', a);
      return t.make([source.rows], a.dtype, (out) => engine.diagonal(source, out));
    },
  };
}

function total<B>(matrices: readonly Matrix<B>[], axis: 'rows' | 'columns'): number {
  return matrices.reduce((sum, m) => sum + m[axis], 0);
}
