import { Scope } from '@agop/core';
import {
  Estimator,
  type FitWarning,
  type IterationRecord,
  type Task,
  type TaskTypes,
} from '@agop/estimators';
import type { KernelMachine } from '../machine/kernel-machine.ts';
import type { HostMetric, RFMSettings } from './options.ts';
import { metricOnHost, type RFMTypes, rfm } from './trainer.ts';

/**
 * What {@link RFMRegressor} and {@link RFMClassifier} share: the fitted machine and what can be asked of it.
 *
 * @typeParam K types of the task
 */
export abstract class RFMEstimator<K extends TaskTypes> extends Estimator<RFMTypes, K> {
  constructor(task: Task<K>, settings: RFMSettings) {
    super(rfm, task, settings);
  }

  /** The kept iteration: 0 is plain kernel regression. @throws {NotFittedError} */
  get best(): number {
    return this.requireTrained('best').fitted.best;
  }

  /** The validation metric of each iteration. @throws {NotFittedError} */
  get history(): readonly IterationRecord[] {
    return this.requireTrained('history').fitted.history;
  }

  /** The metric of each iteration, with the option `keepMetrics`. @throws {NotFittedError} */
  get metrics(): readonly HostMetric[] | undefined {
    return this.requireTrained('metrics').fitted.metrics;
  }

  /** Where the fit went on otherwise than asked; empty for loaded models. @throws {NotFittedError} */
  get warnings(): readonly FitWarning[] {
    return this.requireTrained('warnings').fitted.warnings;
  }

  /**
   * The kernel machine, for those who build on it; owned by the estimator. Its points are the features minus
   * `origin`.
   *
   * @throws {NotFittedError}
   */
  get machine(): KernelMachine {
    return this.requireTrained('machine').fitted.machine;
  }

  /**
   * The point that the machine counts features from, [d]: the means of the training rows, for kernels of
   * distances, which do not see it. Zeros for other kernels.
   *
   * @throws {NotFittedError}
   */
  get origin(): Float64Array {
    const { origin, machine } = this.requireTrained('origin').fitted;
    return origin ?? new Float64Array(machine.centers.shape[1] as number);
  }

  /**
   * The learned metric: [d, d], or [1, d] where only weights were learned (the identity: ones).
   *
   * @throws {NotFittedError}
   */
  async metric(): Promise<HostMetric> {
    const { metric, centers } = this.requireTrained('metric()').fitted.machine;
    return metricOnHost(metric, centers.shape[1] as number);
  }

  /**
   * How much each feature matters: the diagonal of the learned metric M, scaled to sum 1, length d. Where
   * plain kernel regression was best, the diagonal of its AGOP, which would be the next metric.
   *
   * @throws {NotFittedError}
   */
  async featureImportances(): Promise<Float64Array> {
    const weights = await diagonalOf(this.requireTrained('featureImportances()').fitted.machine);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return total > 0 ? weights.map((weight) => weight / total) : weights;
  }
}

async function diagonalOf(machine: KernelMachine): Promise<Float64Array> {
  using scope = new Scope(machine.backend);
  const { ops } = scope;
  const { metric } = machine;
  if (metric.kind === 'identity') {
    return Float64Array.from(await scope.own(machine.agop(machine.centers, { diagonal: true })).read());
  }
  // A transform A stands for the metric M = A², whose diagonal holds the squared row norms.
  const entries =
    metric.kind === 'diagonal'
      ? metric.tensor
      : metric.form === 'transform'
        ? ops.norm(metric.tensor, 1)
        : ops.diagonal(metric.tensor);
  const values = Float64Array.from(await entries.read());
  return metric.form === 'transform' ? values.map((value) => value * value) : values;
}
