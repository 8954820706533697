import { type Backend, OptionError } from '@agop/core';
import { checkChoice, checkNonNegative, checkWhole } from '@agop/core/options';
import type { ModularTask } from '../tasks/task.ts';

/** What `networkSteps` and `trainNetwork` need. */
export interface NetworkOptions {
  /** For the roots of AGOPs (float64 if it has it). The network itself runs on the current tfjs backend. */
  readonly backend: Backend;
  readonly task: ModularTask;
  /** Hidden units. Default 1024. */
  readonly width?: number;
  /** Passes over the training pairs. Default 50. */
  readonly epochs?: number;
  /** Default 32. */
  readonly batchSize?: number;
  /** `adamw` with betas 0.9 and 0.98 as in the published program, or plain `sgd`. Default 'adamw'. */
  readonly optimizer?: 'adamw' | 'sgd';
  /** Default 1e-3 for adamw, 1 for sgd. */
  readonly learningRate?: number;
  /**
   * Decoupled from the gradients in adamw; for sgd a multiple of the weights added to the gradients. Default
   * 1 for adamw, 0 for sgd.
   */
  readonly weightDecay?: number;
  /** Weight of the AGOP's trace in the loss, from 0. The AGOP is that of all training inputs. Default 0. */
  readonly agopPenalty?: number;
  /**
   * Symmetric matrix that multiplies the inputs, row-major [d, d]. Default none: one-hot rows as they are.
   */
  readonly transform?: Float64Array;
  /** Seed of weights and batches. Default 0. */
  readonly seed?: number;
  /** Measure after every so many epochs, and after the last. Default 1. */
  readonly measureEvery?: number;
  readonly signal?: AbortSignal;
}

export type ResolvedNetworkOptions = Required<Omit<NetworkOptions, 'signal' | 'transform'>> &
  Pick<NetworkOptions, 'signal' | 'transform'>;

/** @throws {OptionError} for an option out of range */
export function resolveNetworkOptions(options: NetworkOptions): ResolvedNetworkOptions {
  const { optimizer = 'adamw' } = options;
  const resolved: ResolvedNetworkOptions = {
    width: 1024,
    epochs: 50,
    batchSize: 32,
    optimizer,
    learningRate: optimizer === 'adamw' ? 1e-3 : 1,
    weightDecay: optimizer === 'adamw' ? 1 : 0,
    agopPenalty: 0,
    seed: 0,
    measureEvery: 1,
    ...options,
  };
  for (const option of ['width', 'epochs', 'batchSize', 'measureEvery'] as const) {
    checkWhole(option, resolved[option], 1);
  }
  checkChoice('optimizer', optimizer, ['adamw', 'sgd']);
  for (const option of ['weightDecay', 'agopPenalty', 'learningRate'] as const) {
    checkNonNegative(option, resolved[option]);
  }
  const { task, transform } = resolved;
  if (transform && transform.length !== task.columns ** 2) {
    throw new OptionError(
      'transform',
      `transform must be a matrix [${task.columns}, ${task.columns}], but has ${transform.length} elements.`,
    );
  }
  return resolved;
}
