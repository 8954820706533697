// The worker of the measured servers.
import { createCpuBackend } from '@agop/backend-cpu';
import { serveModels } from '@agop/serve/worker';
import { newModel } from './problem.ts';

export const models = serveModels(async () => {
  const backend = await createCpuBackend();
  return { model: () => newModel(backend) };
});
