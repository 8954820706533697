import { conformanceCases, lifecycleCases } from '@agop/conformance';
import { createNaiveBackend } from '@agop/core/naive';
import { describe, test } from 'vitest';

describe('the naive backend', () => {
  const backend = createNaiveBackend();
  for (const { group, name, run } of conformanceCases) test(`${group}: ${name}`, () => run(backend));
  for (const { name, run } of lifecycleCases) test(name, () => run(createNaiveBackend));
});
