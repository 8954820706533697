import { conformanceCases, engineCases, lifecycleCases } from '@agop/conformance';
import type { TypedArray } from '@agop/core';
import { createBackend, type Engine } from '@agop/core/engine';
import { naiveEngine, naiveEssentials } from '@agop/core/naive';
import { describe, test } from 'vitest';

const engines: Readonly<Record<string, Engine<TypedArray>>> = {
  'the naive backend': naiveEngine,
  'an engine of the essential kernels alone': naiveEssentials,
};

for (const [title, engine] of Object.entries(engines)) {
  describe(title, () => {
    const create = () => createBackend(engine);
    const backend = create();
    for (const { group, name, run } of conformanceCases) test(`${group}: ${name}`, () => run(backend));
    for (const { name, run } of lifecycleCases) test(name, () => run(create));
    for (const { name, run } of engineCases) test(name, () => run(() => engine));
  });
}
