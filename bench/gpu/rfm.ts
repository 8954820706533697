import { UnavailableError } from '@agop/core';
import { runBenchmark } from './run.ts';

// RFM fits on a GPU: node -C @agop/source bench/gpu/rfm.ts --sizes 4000,16000

try {
  await runBenchmark(process.argv.slice(2));
} catch (error) {
  if (!UnavailableError.isInstance(error)) throw error;
  console.error(`No device: ${error.message}`);
  process.exitCode = 2;
}
