import { ShapeError } from '@agop/core';
import { checkChoice } from '@agop/core/options';
import { residue } from '../arithmetic/residues.ts';
import { basicOperations } from '../tasks/operation.ts';
import { checkTable } from '../tasks/table.ts';
import type { RowPredictor } from './multiplication.ts';

/** The kernel machine of one class: quadratic kernel (x^T M z)^2 with centers at all pairs of the table. */
export interface ClassKernelMachine {
  /** Mahalanobis matrix [[0, B], [B^T, 0]] with a permutation matrix B, row-major [2p, 2p]. */
  readonly metric: Float64Array;
  /** Ridgeless coefficients, one per pair in lexicographic order, [p^2]. */
  readonly coefficients: Float64Array;
}

/** The kernel predictor that equals the Fourier multiplication algorithm. */
export interface FourierKernelPredictor {
  /** The machine of one class. */
  machine(label: number): ClassKernelMachine;
  /** The outputs of all classes, summed over the centers as a kernel machine does: p^3 operations per row. */
  readonly predict: RowPredictor;
}

/**
 * Kernel regression that carries out the Fourier multiplication algorithm: for class l a quadratic kernel
 * with a permutation block B_l in its metric (C^l for subtraction, C^l R for addition, C the cyclic shift, R
 * the row reversal), trained without ridge on the whole table. The metric and the kernel matrix are
 * indefinite, but the system is nonsingular and its coefficients are known, alpha = P / 2 - 1 1^T / (2p + 2)
 * with a permutation matrix P. On one-hot pairs the outputs are those of `fourierMultiplication`; at any
 * other x all classes carry the same extra term (|x1|^2 + |x2|^2 - 2 (1.x1)(1.x2)) / (2p + 2).
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), theorem 5.1 and appendix J.
 *
 * @param operation addition or subtraction modulo p
 * @param p modulus
 */
export function fourierKernelPredictor(operation: 'add' | 'sub', p: number): FourierKernelPredictor {
  checkChoice('operation', operation, ['add', 'sub']);
  checkTable(basicOperations[operation], p);
  // Row i of B_l has its 1 in column partner(i); pairs with b = second(a) are those with label l.
  const partner = (i: number, l: number): number => residue(operation === 'sub' ? i + l : p - 1 - l - i, p);
  const inversePartner = (j: number, l: number): number =>
    residue(operation === 'sub' ? j - l : p - 1 - l - j, p);
  const second = (a: number, l: number): number => residue(operation === 'sub' ? a - l : l - a, p);
  const constant = -1 / (2 * p + 2);

  const coefficientsOf = (l: number): Float64Array => {
    const alpha = new Float64Array(p * p).fill(constant);
    for (let c = 0; c < p; c++) {
      const index = inversePartner(second(c, l), l) * p + partner(c, l);
      alpha[index] = constant + 0.5;
    }
    return alpha;
  };
  return {
    machine(label) {
      const metric = new Float64Array(4 * p * p);
      for (let i = 0; i < p; i++) {
        const j = p + partner(i, label);
        metric[i * 2 * p + j] = 1;
        metric[j * 2 * p + i] = 1;
      }
      return { metric, coefficients: coefficientsOf(label) };
    },
    predict(inputs) {
      const rows = inputs.length / (2 * p);
      if (!Number.isInteger(rows)) {
        throw new ShapeError(
          `fourierKernelPredictor: inputs for p = ${p} are rows of ${2 * p}, but ${inputs.length} elements are given.`,
        );
      }
      const outputs = new Float64Array(rows * p);
      for (let l = 0; l < p; l++) {
        const alpha = coefficientsOf(l);
        for (let row = 0; row < rows; row++) {
          const start = row * 2 * p;
          let sum = 0;
          for (let a = 0; a < p; a++) {
            const x2 = inputs[start + p + partner(a, l)] as number;
            for (let b = 0; b < p; b++) {
              // x^T M_l (e_a + e_b) = x1 . B_l e_b + e_a . B_l x2
              const inner = (inputs[start + inversePartner(b, l)] as number) + x2;
              sum += (alpha[a * p + b] as number) * inner * inner;
            }
          }
          outputs[row * p + l] = sum;
        }
      }
      return outputs;
    },
  };
}
