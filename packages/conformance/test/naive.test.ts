import { conformanceCases, lifecycleCases } from '@agop/conformance';
import type { Backend } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { createNaiveBackend, naiveEssentials } from '@agop/core/naive';
import { describe, test } from 'vitest';

const backends: Readonly<Record<string, () => Backend>> = {
  'the naive backend': createNaiveBackend,
  'an engine of the essential kernels alone': () => createBackend(naiveEssentials),
};

for (const [title, create] of Object.entries(backends)) {
  describe(title, () => {
    const backend = create();
    for (const { group, name, run } of conformanceCases) test(`${group}: ${name}`, () => run(backend));
    for (const { name, run } of lifecycleCases) test(name, () => run(create));
  });
}
