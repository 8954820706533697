import { type Backend, type FloatDType, FormatError } from '@agop/core';
import type { TablePreprocessor } from '@agop/data';
import type { JudgedModel } from '@agop/experiments/table-choice';
import type { BackendChoice } from '../backends/backends.ts';
import type { Context } from '../command.ts';
import type { PredictOptions } from './predict-options.ts';
import type { Predictions } from './predictions.ts';

/** A kind of model files, and what the program does with them. */
export interface ModelKind {
  /** `format` in the metadata of such files. */
  readonly format: string;
  /** @throws {FormatError} for a file that is damaged, or that no command can use */
  readonly open: (file: ModelFile) => SavedModel;
}

/** A file as it was read. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What can be asked of a saved model. */
export interface SavedModel {
  /** Whether its settings were chosen: it then has intervals, and says what columns contribute. */
  readonly isChosen?: boolean;
  /** Whether it predicts numbers, which have no probabilities. */
  readonly isRegression?: boolean;
  /** Of a model of a table: what `agop evaluate` needs. */
  readonly judging?: Judging;
  readonly inspect: (options: BackendChoice, context: Context) => Promise<Inspection>;
  /** @param path of the table or the images */
  readonly predict: (path: string, options: PredictOptions, context: Context) => Promise<Predictions>;
}

/** What is needed to judge a model of a table. */
export interface Judging {
  /** Of the fits that it averages, one or more. */
  readonly preprocessors: readonly TablePreprocessor[];
  readonly load: (backend: Backend, dtype?: FloatDType) => Promise<Disposable & JudgedModel>;
}

/** What a saved model is. */
export interface Inspection {
  readonly json: object;
  readonly lines: (context: Context) => readonly string[];
}

/** Errors of a file's format with the name of the file. */
export async function inFile<T>(path: string, read: () => Promise<T> | T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!FormatError.isInstance(error) || error.message.startsWith(path)) throw error;
    throw new FormatError(`${path}: ${error.message}`, { cause: error });
  }
}
