import { createWebGpuBackend } from '../src/index.ts';

/** Why there is no device to test on, or undefined. */
export async function missingDevice(): Promise<string | undefined> {
  try {
    (await createWebGpuBackend()).dispose();
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.split('\n', 1)[0];
  }
}
