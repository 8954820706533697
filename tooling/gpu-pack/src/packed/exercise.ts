import { createGpuBackend } from '@agop/backend-gpu';
import { type ConformanceCase, conformanceCases } from '@agop/conformance';

/**
 * Runs conformance cases under a checker that may end the process at any time: one of each group, then the
 * next of each, so that early on every kernel has run. Says each as it is done.
 */
export async function exercise(): Promise<void> {
  const groups = new Map<string, ConformanceCase[]>();
  for (const one of conformanceCases) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const rounds = Math.max(...[...groups.values()].map(({ length }) => length));
  using backend = await createGpuBackend({ engine: 'cuda' });
  for (let round = 0; round < rounds; round++) {
    for (const cases of groups.values()) {
      const one = cases[round];
      if (!one) continue;
      const failure = await one.run(backend).then(
        () => '',
        (error: unknown) => `: ${error}`,
      );
      console.log(`exercised ${one.group}, ${one.name}${failure}`);
    }
  }
}
