import { Scope } from '@agop/core';
import type { Rows, Samples, TargetCoding } from '@agop/estimators';
import { type FittedRFM, fitKernelMachine, type RFMSettings, uploadSamples } from '@agop/rfm';

/**
 * The machine of a fitted leaf solved again on other rows, in the same metric and with the same bandwidth: on
 * all of them, once the iteration has been chosen. Takes the fitted leaf over.
 */
export async function refitted(
  fitted: FittedRFM,
  { x, y, weights }: Samples<Rows>,
  coding: TargetCoding,
  settings: RFMSettings,
  signal: AbortSignal | undefined,
): Promise<FittedRFM> {
  const { machine } = fitted;
  const { backend, kernel, metric } = machine;
  const { dtype } = fitted.settings;
  using scope = new Scope(backend);
  try {
    const centers = scope.own(uploadSamples(fitted, x));
    const targets = scope.own(backend.tensor(coding.targets(y), [x.rows, coding.outputs], dtype));
    const { ridge, solver } = settings;
    const again = await fitKernelMachine({
      backend,
      kernel,
      metric,
      x: centers,
      y: targets,
      weights,
      ridge,
      ...(solver && { solver }),
      centered: fitted.origin !== undefined,
      signal,
    });
    scope.keep(centers);
    machine.centers.dispose();
    machine.dispose();
    return {
      ...fitted,
      machine: again,
      dispose: () => {
        again.dispose();
        again.centers.dispose();
        if (metric.kind !== 'identity') metric.tensor.dispose();
      },
    };
  } catch (error) {
    fitted.dispose();
    throw error;
  }
}
