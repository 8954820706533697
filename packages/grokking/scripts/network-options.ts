import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { AgopError, OptionError } from '@agop/core';
import { type ModularTask, modularTask } from '@agop/grokking';
import type { NetworkOptions } from '@agop/grokking/network';

/** What the command line says, checked. */
export interface NetworkScriptOptions {
  readonly task: ModularTask;
  readonly seed: number;
  readonly training: Omit<NetworkOptions, 'backend' | 'task' | 'seed'>;
  /** Multiply the inputs by the fourth root of a random block-circulant matrix. */
  readonly isCirculant: boolean;
  readonly jsonFile: string | undefined;
  /** As they were typed, for the JSON file. */
  readonly typed: Readonly<Record<string, string | boolean | undefined>>;
}

/**
 * @throws {OptionError} for a value that is out of range
 * @throws {TypeError} for an option that there is not, as `parseArgs`
 */
export function networkScriptOptions(args: readonly string[]): NetworkScriptOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      op: { type: 'string', default: '+' },
      p: { type: 'string', default: '61' },
      fraction: { type: 'string', default: '0.5' },
      width: { type: 'string', default: '1024' },
      epochs: { type: 'string', default: '50' },
      batch: { type: 'string', default: '32' },
      optimizer: { type: 'string', default: 'adamw' },
      rate: { type: 'string' },
      decay: { type: 'string' },
      'agop-penalty': { type: 'string', default: '0' },
      circulant: { type: 'boolean', default: false },
      every: { type: 'string', default: '1' },
      seed: { type: 'string', default: '0' },
      json: { type: 'string' },
    },
  });
  const seed = whole('seed', values.seed, 0);
  const training = {
    width: whole('width', values.width, 1),
    epochs: whole('epochs', values.epochs, 1),
    batchSize: whole('batch', values.batch, 1),
    optimizer: optimizerOf(values.optimizer),
    agopPenalty: notNegative('agop-penalty', values['agop-penalty']),
    measureEvery: whole('every', values.every, 1),
    ...(values.rate !== undefined && { learningRate: notNegative('rate', values.rate) }),
    ...(values.decay !== undefined && { weightDecay: notNegative('decay', values.decay) }),
  };
  if (values.json !== undefined) checkFolder(values.json);
  const p = whole('p', values.p, 2);
  const fraction = notNegative('fraction', values.fraction);
  return {
    task: modularTask({ operation: values.op, p, fraction, seed }),
    seed,
    training,
    isCirculant: values.circulant,
    jsonFile: values.json,
    typed: values,
  };
}

/** An error of options in one line; undefined for one of another kind. */
export function optionProblem(error: unknown): string | undefined {
  if (AgopError.isInstance(error)) return error.message;
  const isOfParser =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return isOfParser ? error.message.replaceAll('\n', ' ') : undefined;
}

function optimizerOf(text: string): 'adamw' | 'sgd' {
  if (text === 'adamw' || text === 'sgd') return text;
  throw new OptionError('optimizer', `--optimizer must be adamw or sgd, but is '${text}'.`);
}

function whole(name: string, text: string, least: number): number {
  const value = numberOf(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new OptionError(name, `--${name} must be a whole number from ${least}, but is '${text}'.`);
}

function notNegative(name: string, text: string): number {
  const value = numberOf(text);
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new OptionError(name, `--${name} must be a number from 0, but is '${text}'.`);
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function checkFolder(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new OptionError(
      'json',
      `--json: the folder '${dirname(path)}' is not there, or cannot be written to (${String(error)}).`,
    );
  }
}
