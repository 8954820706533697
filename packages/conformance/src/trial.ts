import {
  AgopError,
  type AgopErrorCode,
  type Backend,
  type DType,
  type FloatDType,
  machineEpsilon,
  type Scope,
  type Shape,
  type Tensor,
} from '@agop/core';
import { compare, type Tolerance } from './compare.ts';
import { ConformanceFailure, demand, messageOf } from './failure.ts';
import { changed, type Grid } from './reference/grid.ts';
import { sampleGrid } from './reference/samples.ts';

/** What a case works with: the backend, a dtype, and comparisons. */
export class Trial {
  /** The backend. What is made through it is freed at the end of the case. */
  readonly ops: Backend;
  /** What the case is to compute in. */
  readonly dtype: FloatDType;
  /** Distance from 1 to the next number. */
  readonly epsilon: number;
  readonly #scope: Scope;

  constructor(scope: Scope, dtype: FloatDType) {
    this.#scope = scope;
    this.ops = scope.ops;
    this.dtype = dtype;
    this.epsilon = machineEpsilon(dtype);
  }

  /** Makes the case the owner of a tensor. */
  own<T extends Tensor>(tensor: T): T {
    return this.#scope.own(tensor);
  }

  /** To the nearest number of the dtype. */
  round(value: number): number {
    return this.dtype === 'float64' ? value : Math.fround(value);
  }

  /** All elements {@link round}ed. */
  rounded(g: Grid): Grid {
    return changed(g, (value) => this.round(value));
  }

  /** Uniform numbers on (-1, 1) that the dtype holds exactly. */
  sample(rows: number, columns: number, seed: number): Grid {
    return this.rounded(sampleGrid(rows, columns, seed));
  }

  /** A tensor [rows, columns] of the dtype. */
  upload(g: Grid, shape: Shape = [g.rows, g.columns]): Tensor {
    return this.ops.tensor(g.data, shape, this.dtype);
  }

  /** A tensor of the dtype. */
  tensor(values: ArrayLike<number>, shape: Shape = [values.length]): Tensor {
    return this.ops.tensor(values, shape, this.dtype);
  }

  /** A tensor [n] of int32. */
  indices(values: ArrayLike<number>): Tensor {
    return this.ops.tensor(values, [values.length], 'int32');
  }

  /** The elements of a tensor; those of ranks other than 2 as one row. */
  async read(tensor: Tensor): Promise<Grid> {
    const [rows, columns] = tensor.shape.length === 2 ? tensor.shape : [1, tensor.size];
    const data = Float64Array.from(await tensor.read());
    return { rows: rows as number, columns: columns as number, data };
  }

  /** Requires shape, dtype and elements, the latter within `tolerance`. */
  async close(
    what: string,
    tensor: Tensor,
    shape: Shape,
    expected: ArrayLike<number>,
    tolerance: Tolerance,
    dtype: DType = this.dtype,
  ): Promise<void> {
    demand(
      tensor.shape.join() === shape.join(),
      `${what}: shape [${shape.join(', ')}] is expected, [${tensor.shape.join(', ')}] came.`,
    );
    demand(tensor.dtype === dtype, `${what}: ${dtype} is expected, ${tensor.dtype} came.`);
    const actual = await tensor.read();
    const array = { float64: Float64Array, float32: Float32Array, int32: Int32Array }[dtype];
    demand(actual instanceof array, `${what}: read() must give a ${array.name} for ${dtype}.`);
    compare(what, shape, actual, expected, tolerance);
  }

  /** Requires exactly these elements. */
  async equal(
    what: string,
    tensor: Tensor,
    shape: Shape,
    expected: ArrayLike<number>,
    dtype: DType = this.dtype,
  ): Promise<void> {
    await this.close(what, tensor, shape, expected, 0, dtype);
  }

  /** Requires that the same call gives the same bits twice, -0 and 0 being different. */
  async repeatable(what: string, make: () => Tensor | Promise<Tensor>): Promise<void> {
    const first = await (await make()).read();
    const second = await (await make()).read();
    const differs = first.findIndex((value, i) => !Object.is(value, second[i]));
    demand(
      differs < 0,
      `${what}: element ${differs} is ${first[differs]} the first time, ${second[differs]} the second.`,
    );
  }

  /** Requires that `action` throws, or rejects with, an agop error of this code. */
  async fails(what: string, code: AgopErrorCode, action: () => unknown): Promise<AgopError> {
    try {
      await action();
    } catch (error) {
      if (AgopError.isInstance(error) && error.code === code) return error;
      throw new ConformanceFailure(`${what}: an error ${code} is expected, but came ${messageOf(error)}`);
    }
    throw new ConformanceFailure(`${what}: an error ${code} is expected, but none came.`);
  }
}
