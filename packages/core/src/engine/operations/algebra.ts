import type { Backend, Tensor } from '../../backend.ts';
import { OptionError, ShapeError } from '../../errors/index.ts';
import { checkNumber, checkObject, checkWhole } from '../../options/checks.ts';
import { rowsOf } from '../broadcast.ts';
import { checkSameDType, checkSquare, describe } from '../checks.ts';
import type { Tensors } from '../tensors.ts';

export function algebra<B>(
  t: Tensors<B>,
): Pick<Backend, 'matmul' | 'gram' | 'cholesky' | 'solveTriangular' | 'solvePositiveDefinite' | 'eigh'> {
  const { engine } = t;

  const operations: ReturnType<typeof algebra> = {
    matmul(a, b, options = {}) {
      const {
        transposeA = false,
        transposeB = false,
        alpha = 1,
        beta = 0,
        out,
        batches = 1,
      } = checkObject('matmul', options);
      const [left, right] = [t.floats('matmul', a), t.floats('matmul', b)];
      checkSameDType('matmul', [a, b]);
      checkBatches('matmul', batches, [a, b]);
      const [rowsA, rowsB] = [left.rows / batches, right.rows / batches];
      const [m, k] = transposeA ? [left.columns, rowsA] : [rowsA, left.columns];
      const [inner, n] = transposeB ? [right.columns, rowsB] : [rowsB, right.columns];
      if (k !== inner) {
        const each = batches === 1 ? '' : ` (each in ${batches} matrices)`;
        throw new ShapeError(
          `matmul: ${describe(a)}${transposeA ? 'ᵀ' : ''} and ${describe(b)}${transposeB ? 'ᵀ' : ''}${each} do not chain: ${k} columns meet ${inner} rows.`,
        );
      }
      checkFactors('matmul', alpha, beta, out);
      const terms = { transposeA, transposeB, alpha, beta };
      return t.into('matmul', out, [batches * m, n], a.dtype, [a, b], (result) =>
        batches === 1
          ? engine.matmul(left, right, terms, result)
          : engine.matmulBatches(left, right, batches, terms, result),
      );
    },

    gram(a, options = {}) {
      const { transpose = false, alpha = 1, beta = 0, out } = checkObject('gram', options);
      const source = t.floats('gram', a);
      const n = transpose ? source.columns : source.rows;
      checkFactors('gram', alpha, beta, out);
      return t.into('gram', out, [n, n], a.dtype, [a], (result) =>
        engine.gram(source, { transpose, alpha, beta }, result),
      );
    },

    async cholesky(a, options = {}) {
      const { ridge = 0, overwrite = false } = checkObject('cholesky', options);
      checkNumber('ridge', ridge);
      t.floats('cholesky', a);
      checkSquare('cholesky', a);
      const factor = overwrite ? a : t.copy('cholesky', a, a.shape);
      try {
        await t.settled(engine.cholesky(t.floats('cholesky', factor), ridge));
        t.checkAlive();
        return factor;
      } catch (error) {
        if (!overwrite) factor.dispose();
        throw error;
      }
    },

    solveTriangular(l, b, options = {}) {
      const { transpose = false, overwrite = false } = checkObject('solveTriangular', options);
      const factor = t.floats('solveTriangular', l);
      const right = t.floats('solveTriangular', b);
      checkSystem('solveTriangular', l, b);
      if (overwrite) {
        if (l === b) throw new OptionError('overwrite', 'solveTriangular: b must not be the factor itself.');
        engine.solveTriangular(factor, right, transpose);
        return b;
      }
      return t.make(b.shape, b.dtype, (out) => {
        engine.copyRows(right, 0, out);
        engine.solveTriangular(factor, out, transpose);
      });
    },

    async solvePositiveDefinite(a, b, options = {}) {
      checkObject('solvePositiveDefinite', options);
      t.floats('solvePositiveDefinite', a);
      t.floats('solvePositiveDefinite', b);
      checkSystem('solvePositiveDefinite', a, b);
      if (options.overwrite && a === b) {
        throw new OptionError(
          'overwrite',
          'solvePositiveDefinite: b must not be the matrix that is overwritten.',
        );
      }
      const factor = await operations.cholesky(a, options);
      try {
        const solution = operations.solveTriangular(factor, b);
        try {
          return operations.solveTriangular(factor, solution, { transpose: true, overwrite: true });
        } catch (error) {
          solution.dispose();
          throw error;
        }
      } finally {
        if (factor !== a) factor.dispose();
      }
    },

    async eigh(a) {
      const source = t.floats('eigh', a);
      checkSquare('eigh', a);
      const values = t.allocate([source.rows], a.dtype);
      try {
        const vectors = t.allocate(a.shape, a.dtype);
        try {
          await t.settled(engine.eigh(source, t.view(values), t.view(vectors)));
          t.checkAlive();
          return { values, vectors };
        } catch (error) {
          vectors.dispose();
          throw error;
        }
      } catch (error) {
        values.dispose();
        throw error;
      }
    },
  };
  return operations;
}

function checkFactors(operation: string, alpha: number, beta: number, out: Tensor | undefined): void {
  checkNumber('alpha', alpha);
  checkNumber('beta', beta);
  if (beta !== 0 && !out) {
    throw new OptionError('beta', `${operation}: beta ${beta} needs \`out\`, whose content it multiplies.`);
  }
}

/** That the rows of each tensor are so many matrices of equal size. */
function checkBatches(operation: string, batches: number, tensors: readonly Tensor[]): void {
  checkWhole('batches', batches, 1);
  for (const tensor of tensors) {
    if (rowsOf(tensor.shape) % batches !== 0) {
      throw new ShapeError(
        `${operation}: the rows of ${describe(tensor)} do not divide into ${batches} matrices.`,
      );
    }
  }
}

function checkSystem(operation: string, a: Tensor, b: Tensor): void {
  checkSquare(operation, a);
  checkSameDType(operation, [a, b]);
  if (b.shape.length !== 2 || b.shape[0] !== a.shape[0]) {
    throw new ShapeError(
      `${operation}: the right-hand side must be [${a.shape[0]}, columns], but is ${describe(b)}.`,
    );
  }
}
