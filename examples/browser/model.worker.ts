// The worker of the page: where the model lives.
import { createCpuBackend } from '@agop/backend-cpu';
import { laplace, RFMRegressor } from '@agop/rfm';
import { serveModels } from '@agop/serve/worker';

export const models = serveModels(async () => {
  const backend = await createCpuBackend(); // all cores where the page is isolated, else one
  return {
    products: () => new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }) }),
  };
});
