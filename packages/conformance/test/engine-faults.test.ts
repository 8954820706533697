import { engineCases, lifecycleCases } from '@agop/conformance';
import { type Backend, bytesPerElement, type TypedArray } from '@agop/core';
import { createBackend, type Engine } from '@agop/core/engine';
import { createNaiveBackend, naiveEngine } from '@agop/core/naive';
import { describe, expect, test } from 'vitest';

// What an engine does with its memory: each of these has one fault, and a sound one is among them.

class Account {
  bytes = 0;
}

/** The naive engine with an account of what it holds. */
function counting(account: Account): Engine<TypedArray> {
  return {
    ...naiveEngine,
    allocate(size, dtype) {
      account.bytes += size * bytesPerElement(dtype);
      return naiveEngine.allocate(size, dtype);
    },
    free(buffer) {
      account.bytes -= buffer.byteLength;
    },
    allocated: () => account.bytes,
  };
}

type Fault = (account: Account, good: Engine<TypedArray>) => Partial<Engine<TypedArray>>;

const faults: Readonly<Record<string, readonly [message: RegExp, fault: Fault]>> = {
  'free does nothing': [/^tensor keeps \d+ bytes of the engine/, () => ({ free: () => {} })],
  'eigh keeps what it works with': [
    /^eigh keeps \d+ bytes of the engine in three calls/,
    (account) => ({
      async eigh(a, values, vectors) {
        account.bytes += a.buffer.byteLength;
        await naiveEngine.eigh(a, values, vectors);
      },
    }),
  ],
  'products in batches keep what they work with': [
    /^matmul in batches keeps/,
    (account) => ({
      matmulBatches(a, b, batches, terms, out) {
        account.bytes += 8;
        naiveEngine.matmulBatches(a, b, batches, terms, out);
      },
    }),
  ],
  'a factorization that fails keeps what it works with': [
    /^cholesky that fails keeps 192 bytes/,
    (account) => ({
      async cholesky(a, ridge) {
        account.bytes += 64;
        await naiveEngine.cholesky(a, ridge);
        account.bytes -= 64;
      },
    }),
  ],
  'what is kept for reuse outlives close()': [
    /^The engine that was closed still holds 1024 bytes/,
    (account) => {
      let kept = 0;
      return {
        gram(a, terms, out) {
          account.bytes += 1024 - kept;
          kept = 1024;
          naiveEngine.gram(a, terms, out);
        },
      };
    },
  ],
};

/** The first complaint of the cases about an engine. */
async function complaint(create: () => Engine<TypedArray>): Promise<string | undefined> {
  for (const { run } of engineCases) {
    const error = await run(create).catch((failure: Error) => failure);
    if (error) return error.message;
  }
  return undefined;
}

describe('the suite', () => {
  test('lets a sound engine pass', async () => {
    expect(await complaint(() => counting(new Account()))).toBeUndefined();
  });

  for (const [name, [message, fault]] of Object.entries(faults)) {
    test(`finds: ${name}`, async () => {
      const found = await complaint(() => {
        const account = new Account();
        const good = counting(account);
        return { ...good, ...fault(account, good) };
      });
      expect(found).toMatch(message);
    });
  }

  test.each<[string, RegExp, Partial<Backend>]>([
    [
      'a decomposition ends with a foreign error when the backend ends',
      /^eigh that dispose\(\) has met must end .* but came TypeError: gone/,
      {
        async eigh() {
          await Promise.resolve();
          throw new TypeError('gone');
        },
      },
    ],
    [
      'an operation works on after dispose()',
      /^random after dispose\(\): an error DISPOSED is expected, but none came/,
      { random: (shape, _, __, dtype) => createNaiveBackend().full(shape, 0, dtype) },
    ],
  ])('finds: %s', async (_, message, fault) => {
    const create = (): Backend => ({ ...createNaiveBackend(), ...fault });
    const found = lifecycleCases.map(({ run }) =>
      run(create).then(
        () => '',
        (error: Error) => error.message,
      ),
    );
    expect((await Promise.all(found)).join('\n')).toMatch(new RegExp(message.source, 'm'));
  });

  test('an engine that fails since its backend has ended says DISPOSED', async () => {
    const read = () => Promise.reject(new RangeError('gone'));
    const backend = createBackend({ ...naiveEngine, read });
    const reading = backend.full([2], 0, 'float64').read();
    backend.dispose();
    await expect(reading).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  test('says it where an engine reads something else than the elements', async () => {
    const read = async () => new Float32Array(1);
    using backend = createBackend({ ...naiveEngine, read });
    await expect(backend.full([2], 0, 'float64').read()).rejects.toThrow(
      "The engine 'naive' reads a Float32Array of 1 elements where float64 is a Float64Array of 2 elements.",
    );
  });
});
