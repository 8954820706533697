import { input } from '../../expression/expression.ts';
import type { Matrix } from '../../matrix.ts';
import type { CompleteEngine, GramTerms, ProductTerms } from '../engine.ts';
import { symmetrize } from './symmetrize.ts';
import { full, Temporaries } from './temporaries.ts';

/** One product after the other, on copies. */
export function matmulBatches<B>(
  engine: CompleteEngine<B>,
  a: Matrix<B>,
  b: Matrix<B>,
  batches: number,
  terms: ProductTerms,
  out: Matrix<B>,
): void {
  using temporary = new Temporaries(engine);
  const [left, right, product] = [a, b, out].map((whole) =>
    temporary.matrix(whole.rows / batches, whole.columns, whole.dtype),
  ) as [Matrix<B>, Matrix<B>, Matrix<B>];
  for (let t = 0; t < batches; t++) {
    engine.copyRows(a, t * left.rows, left);
    engine.copyRows(b, t * right.rows, right);
    if (terms.beta !== 0) engine.copyRows(out, t * product.rows, product);
    engine.matmul(left, right, terms, product);
    engine.place(product, out, t * product.rows, 0);
  }
}

/** A product, made symmetric to the last bit. */
export function gram<B>(
  engine: CompleteEngine<B>,
  a: Matrix<B>,
  { transpose, alpha, beta }: GramTerms,
  out: Matrix<B>,
): void {
  using temporary = new Temporaries(engine);
  const product = temporary.matrix(out.rows, out.columns, out.dtype);
  const terms = { transposeA: transpose, transposeB: !transpose, alpha, beta: 0 };
  engine.matmul(a, a, terms, product);
  if (beta === 0) symmetrize(engine, product, out);
  else {
    symmetrize(engine, product, product);
    const factor = { name: 'beta', kind: 'number', value: beta } as const;
    engine.map(sumWithFormer, [factor, ...full({ product, former: out })], out);
  }
}

const sumWithFormer = input('product').add(input('beta').mul(input('former')));
