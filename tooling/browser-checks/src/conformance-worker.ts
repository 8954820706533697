/**
 * A program in a Web Worker, where a page would do long work: the whole suite, and what failed as its
 * message.
 */
import { createCpuBackend } from '@agop/backend-cpu';
import { conformanceCases } from '@agop/conformance';

const failures: string[] = [];
const backend = await createCpuBackend();
for (const { run } of conformanceCases) {
  try {
    await run(backend);
  } catch (error) {
    failures.push(String(error));
  }
}
const { threads } = backend.device.details;
backend.dispose();
postMessage({ cases: conformanceCases.length, failures, threads });
