import { AgopError, type Backend, FormatError } from '@agop/core';
import { readFile } from '@agop/core/storage';
import type { Label, TablePreprocessor } from '@agop/data';
import { decodeModel, type ModelDescription, RFMClassifier, RFMRegressor } from '@agop/rfm';
import { preprocessorOf } from './attachments.ts';

/** A saved model with its preprocessing. */
export interface SavedModel {
  readonly description: ModelDescription;
  readonly preprocessor: TablePreprocessor;
  /** Size of the file. */
  readonly bytes: number;
  /** Brings the model to a backend. */
  readonly load: (backend: Backend, dtype: { dtype?: 'float32' | 'float64' }) => Promise<LoadedModel>;
}

/** A model on a backend, of either kind. The caller disposes of it. */
export type LoadedModel = Disposable &
  (
    | { readonly task: 'classification'; readonly model: RFMClassifier<Label> }
    | { readonly task: 'regression'; readonly model: RFMRegressor }
  );

/**
 * Reads a model file.
 *
 * @throws {StorageError} if it cannot be read
 * @throws {FormatError} naming the file, if it is truncated, foreign, or was saved without preprocessing
 */
export async function openModel(path: string): Promise<SavedModel> {
  const bytes = await readFile(path);
  const { description, attachments } = naming(path, () => decodeModel(bytes));
  return {
    description,
    preprocessor: preprocessorOf(attachments, path),
    bytes: bytes.length,
    load: async (backend, dtype) => {
      if (description.task === 'classification') {
        const model = await RFMClassifier.load<Label>(bytes, { backend, ...dtype });
        return { task: 'classification', model, [Symbol.dispose]: () => model.dispose() };
      }
      const model = await RFMRegressor.load(bytes, { backend, ...dtype });
      return { task: 'regression', model, [Symbol.dispose]: () => model.dispose() };
    },
  };
}

function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!AgopError.isInstance(error) || error.code !== 'FORMAT') throw error;
    throw new FormatError(`${path}: ${error.message}`, { cause: error });
  }
}
