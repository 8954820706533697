import type { Backend, FloatDType } from '@agop/core';
import type { Fixture } from '@agop/fixtures';
import { enginesWith } from '@agop/test-support/engines';
import { describeFixtures, expectOutputs } from '@agop/test-support/parity';
import { expect, test } from 'vitest';
import { distanceOf, projectorOf } from '../src/distance.ts';
import { hessianMatrix, type InverseMatrix, slicedMatrix } from '../src/inverse/inverse.ts';
import { slicesOf } from '../src/inverse/slices.ts';
import { firstColumns, type HostMatrix, product } from '../src/linear/matrix.ts';
import { eigenOf, leadingVectors, orthonormalized } from '../src/linear/symmetric.ts';
import { localFits } from '../src/local/fits.ts';
import { maveStep } from '../src/local/mave.ts';
import { modalFits } from '../src/local/modal.ts';
import { averageOuterProduct, outerProductOfGradients } from '../src/local/opg.ts';
import { LocalSums } from '../src/local/sums.ts';

const ridge = 1e-15;

async function resultsOf(fixture: Fixture, backend: Backend, dtype: FloatDType, memory: number) {
  const number = (name: string): number => Number(fixture.params[name]);
  const [dimension, bandwidth, steps] = [number('dimension'), number('bandwidth'), number('steps')];
  const refined = fixture.params['refined'] as readonly number[];
  const x = centered(matrixOf(fixture, 'X'));
  const y = Float64Array.from(fixture.input('y').data);
  const responses = { data: y, rows: y.length, columns: 1 };
  using local = new LocalSums(backend, x, responses, x, { dtype, memory });
  const plain = { bandwidth, least: 0 };

  const fits = await localFits(local, plain, ridge);
  const opg = averageOuterProduct(fits, x.columns);
  const start = leadingVectors(opg, dimension);

  const refinedOpg: HostMatrix[] = [];
  const mave: HostMatrix[] = [];
  const refinedMave: HostMatrix[] = [];
  let [basisOpg, basisMave, basisRefined] = [start, start, start];
  for (let step = 0; step < steps; step++) {
    const narrow = { bandwidth: refined[step] as number, least: 0 };
    basisOpg = leadingVectors(
      await outerProductOfGradients(local, { ...narrow, basis: basisOpg }, ridge),
      dimension,
    );
    refinedOpg.push(basisOpg);
    basisMave = (await maveStep(local, local.blocks(plain), basisMave, ridge)).basis;
    mave.push(basisMave);
    const weighting = { ...narrow, basis: basisRefined };
    basisRefined = (await maveStep(local, local.blocks(weighting), basisRefined, ridge)).basis;
    refinedMave.push(basisRefined);
  }
  const modal = await modalFits(local, plain, ridge, fits, {
    bandwidth: number('modal_bandwidth'),
    steps: number('modal_steps'),
  });
  const modalOpg = averageOuterProduct(modal, x.columns);
  const modalBasis = leadingVectors(modalOpg, dimension);

  const slices = slicesOf(y, number('slices'));
  const sir = await slicedMatrix(backend, 'sir', x, slices, { dtype, memory });
  const save = await slicedMatrix(backend, 'save', x, slices, { dtype, memory });
  const dr = await slicedMatrix(backend, 'dr', x, slices, { dtype, memory });
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const phd = await hessianMatrix(
    backend,
    x,
    y.map((v) => v - mean),
    false,
    { dtype, memory },
  );
  const inverse = { sir, save, dr, phd };
  const directions = Object.fromEntries(
    Object.entries(inverse).map(([name, found]) => [name, directionsOf(found, dimension)]),
  );

  const truth = matrixOf(fixture, 'truth');
  const bases = [refinedOpg, mave, refinedMave].map((all) => all.at(-1) as HostMatrix);
  const compared = [start, ...bases, modalBasis, ...Object.values(directions)];
  return {
    intercepts: fits.intercepts.data,
    slopes: fits.slopes.data,
    opg: opg.data,
    opg_eigenvalues: eigenOf(opg).values.slice().sort(),
    opg_projector: projectorOf(start).data,
    refined_opg_projectors: projectors(refinedOpg),
    mave_projectors: projectors(mave),
    refined_mave_projectors: projectors(refinedMave),
    modal_intercepts: modal.intercepts.data,
    modal_slopes: modal.slopes.data,
    modal_opg: modalOpg.data,
    modal_projector: projectorOf(modalBasis).data,
    ...Object.fromEntries(Object.entries(inverse).map(([name, { matrix }]) => [name, matrix.data])),
    ...Object.fromEntries(
      Object.entries(directions).map(([name, basis]) => [`${name}_projector`, projectorOf(basis).data]),
    ),
    distances: Float64Array.from(
      compared.flatMap((basis) => {
        const { frobenius, spectral, trace, missed } = distanceOf(basis, truth);
        return [frobenius, spectral, trace, missed];
      }),
    ),
  };
}

function matrixOf(fixture: Fixture, name: string): HostMatrix {
  const { data, shape } = fixture.input(name);
  return { data: Float64Array.from(data), rows: shape[0] as number, columns: shape[1] as number };
}

function centered({ data, rows, columns }: HostMatrix): HostMatrix {
  const mean = new Float64Array(columns);
  data.forEach((value, at) => {
    mean[at % columns] = (mean[at % columns] as number) + value / rows;
  });
  return { data: data.map((value, at) => value - (mean[at % columns] as number)), rows, columns };
}

function directionsOf({ matrix, whitening }: InverseMatrix, dimension: number): HostMatrix {
  return orthonormalized(product(whitening, firstColumns(eigenOf(matrix).vectors, dimension)));
}

function projectors(bases: readonly HostMatrix[]): Float64Array {
  return Float64Array.from(bases.flatMap((basis) => [...projectorOf(basis).data]));
}

describeFixtures('central_subspace', (fixtures) => {
  test('there are some', () => expect(fixtures.length).toBeGreaterThan(0));
  for (const engine of enginesWith(1, 2)) {
    // The smaller memory makes blocks of samples and of centers.
    test.each(fixtures)(`$name on ${engine.name}`, async (fixture) => {
      using backend = await engine.create();
      for (const dtype of engine.dtypes) {
        for (const memory of [2 ** 28, 2 ** 14]) {
          expectOutputs(fixture, dtype, await resultsOf(fixture, backend, dtype, memory));
        }
      }
      expect(backend.memory().tensors).toBe(0);
    });
  }
});
