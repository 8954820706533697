import { type Backend, DTypeError, isTensor, Scope, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => backend.dispose());

describe('a scope', () => {
  it('frees what is made through its operations', () => {
    {
      using scope = new Scope(backend);
      const a = scope.ops.identity(3, 'float64');
      scope.ops.gram(scope.ops.matmul(a, a));
      expect(backend.memory().tensors).toBe(3);
    }
    expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
  });

  it('keeps what it is told to keep, and owns what it is given', () => {
    const outside = backend.identity(2, 'float64');
    let kept: Tensor;
    {
      using scope = new Scope(backend);
      kept = scope.keep(scope.ops.clone(outside));
      scope.own(outside);
    }
    expect(outside.disposed).toBe(true);
    expect(kept.disposed).toBe(false);
    expect(backend.memory().tensors).toBe(1);
  });

  it('frees when an error is thrown', () => {
    expect(() => {
      using scope = new Scope(backend);
      const a = scope.ops.identity(2, 'float64');
      scope.ops.matmul(a, scope.ops.identity(3, 'float64'));
    }).toThrow(/do not chain/);
    expect(backend.memory().tensors).toBe(0);
  });

  it('frees what asynchronous operations give, also both parts of a decomposition', async () => {
    {
      using scope = new Scope(backend);
      const a = scope.ops.identity(3, 'float64');
      await scope.ops.cholesky(a);
      const { values } = await scope.ops.eigh(a);
      expect([...(await values.read())]).toEqual([1, 1, 1]);
      expect(backend.memory().tensors).toBe(4);
    }
    expect(backend.memory().tensors).toBe(0);
  });

  it('frees what arrives after its end', async () => {
    const a = backend.identity(3, 'float64');
    const scope = new Scope(backend);
    const pending = scope.ops.cholesky(a);
    scope.dispose();
    expect((await pending).disposed).toBe(true);
    a.dispose();
    expect(backend.memory().tensors).toBe(0);
  });

  it('does not take over tensors that it is handed as out or to overwrite', async () => {
    const a = backend.identity(3, 'float64');
    const out = backend.full([3, 3], 0, 'float64');
    {
      using scope = new Scope(backend);
      scope.ops.matmul(a, a, { out });
      expect(await scope.ops.cholesky(a, { overwrite: true })).toBe(a);
    }
    expect([a.disposed, out.disposed]).toEqual([false, false]);
  });

  it('frees single tensors early', () => {
    using scope = new Scope(backend);
    const [a, b] = [scope.ops.identity(3, 'float64'), scope.ops.identity(3, 'float64')];
    a.dispose();
    expect([a.disposed, b.disposed]).toEqual([true, false]);
    scope.dispose();
    expect(b.disposed).toBe(true);
  });

  it('shows the backend as it is', () => {
    using scope = new Scope(backend);
    expect(scope.ops.name).toBe('naive');
    expect(scope.ops.dtypes).toBe(backend.dtypes);
    const a = scope.ops.identity(3, 'float64');
    expect(a.backend).toBe(backend);
    expect(scope.ops.memory()).toEqual(backend.memory());
  });

  it('nests', () => {
    using outer = new Scope(backend);
    const a = outer.ops.identity(3, 'float64');
    {
      using inner = new Scope(outer.ops);
      inner.ops.clone(a);
      outer.own(inner.keep(inner.ops.clone(a)));
    }
    expect(backend.memory().tensors).toBe(2);
    expect(a.disposed).toBe(false);
  });
});

describe('isTensor', () => {
  it('knows tensors', () => {
    expect(isTensor(backend.identity(1, 'float64'))).toBe(true);
    for (const other of [null, undefined, 1, [], {}, { shape: [], data: [] }])
      expect(isTensor(other)).toBe(false);
  });
});

it('a scope owns tensors alone: what it could not free is refused at once', () => {
  using backend = createNaiveBackend();
  const failing = (): void => {
    using scope = new Scope(backend);
    scope.ops.full([2], 1, 'float64');
    Reflect.apply(scope.own, scope, [undefined]);
  };
  expect(failing).toThrow(DTypeError);
  expect(backend.memory().tensors).toBe(0);
});
