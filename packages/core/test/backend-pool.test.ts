import { describe, expect, it } from 'vitest';
import { type Backend, BackendPool, DeviceError, DisposedError, OptionError } from '../src/index.ts';
import { createNaiveBackend } from '../src/naive.ts';

function backends(count: number): Backend[] {
  return Array.from({ length: count }, () => createNaiveBackend());
}

/** A promise, and how it is settled from outside. */
function pending() {
  let [settle, fail]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((resolve, reject) => {
    [settle, fail] = [resolve, reject];
  });
  return { promise, settle, fail };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('BackendPool', () => {
  it('gives the next piece of work to the first backend that is free, in the order of the calls', async () => {
    const [first, second] = backends(2) as [Backend, Backend];
    using pool = new BackendPool([first, second]);
    const log: string[] = [];
    const ends = ['a', 'b', 'c', 'd'].map(() => pending());
    const runs = ['a', 'b', 'c', 'd'].map((name, i) =>
      pool.run(async (backend) => {
        log.push(`${name} on ${backend === first ? 'first' : 'second'}`);
        await ends[i]?.promise;
        return name;
      }),
    );
    await turn();
    expect(log).toEqual(['a on first', 'b on second']);
    ends[1]?.settle();
    await turn();
    expect(log.at(-1)).toBe('c on second');
    ends[0]?.settle();
    await turn();
    expect(log.at(-1)).toBe('d on first');
    ends[2]?.settle();
    ends[3]?.settle();
    expect(await Promise.all(runs)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('one backend does one piece at a time', async () => {
    using pool = new BackendPool(backends(1));
    let [running, most] = [0, 0];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await turn();
      running -= 1;
    };
    await Promise.all([work, work, work].map((one) => pool.run(one)));
    expect(most).toBe(1);
  });

  it('work that fails rejects, and its backend goes on', async () => {
    using pool = new BackendPool(backends(1));
    const failing = pool.run(() => {
      throw new RangeError('mine');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await pool.run((backend) => backend.name)).toBe('naive');
    expect(pool.size).toBe(1);
  });

  it('a device that fails gets no more work; without any, all that waits is refused with its error', async () => {
    const [good, bad] = backends(2) as [Backend, Backend];
    using pool = new BackendPool([good, bad]);
    const failOn = (failing: Backend) => async (backend: Backend) => {
      await turn();
      if (backend === failing) throw new DeviceError('cuda', 'cuLaunchKernel', 'status 700', '');
      return backend;
    };
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => pool.run(failOn(bad))));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(pool.size).toBe(1);
    const last = await Promise.allSettled([1, 2, 3].map(() => pool.run(failOn(good))));
    for (const outcome of last) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DEVICE' } });
    }
    await expect(pool.run(() => 1)).rejects.toThrow(DeviceError);
  });

  it('ends with its backends, and refuses what waits', async () => {
    const [only] = backends(1) as [Backend];
    const pool = new BackendPool([only]);
    const end = pending();
    const running = pool.run(() => end.promise);
    const waiting = pool.run(() => 1);
    await turn();
    pool.dispose();
    pool.dispose();
    await expect(waiting).rejects.toThrow(DisposedError);
    await expect(pool.run(() => 1)).rejects.toThrow(DisposedError);
    expect(() => only.full([1], 0, 'float64')).toThrow(DisposedError);
    end.settle();
    await running;
  });

  it('refuses no backends, and one that is there twice', () => {
    const [one] = backends(1) as [Backend];
    expect(() => new BackendPool([])).toThrow(OptionError);
    expect(() => new BackendPool([one, one])).toThrow(OptionError);
  });
});
