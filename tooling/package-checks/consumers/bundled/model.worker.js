// The worker of a page that a bundler has made.
import { createCpuBackend } from '@agop/backend-cpu';
import { laplace, RFMRegressor } from '@agop/rfm';
import { serveModels } from '@agop/serve/worker';

serveModels(async () => {
  const backend = await createCpuBackend();
  return { values: () => new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 2 }) };
});
