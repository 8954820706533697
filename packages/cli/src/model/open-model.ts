import { type ConvModelDescription, ConvRFMClassifier, convRfm, type ImageSize } from '@agop/conv-rfm';
import { AgopError, type Backend, FormatError } from '@agop/core';
import type { Label, TablePreprocessor } from '@agop/data';
import { type DeepDescription, DeepRFM, deepRFM } from '@agop/deep-rfm';
import { decodeModel, decodeSafetensors, readFile, type TaskDescription } from '@agop/estimators';
import { RFMClassifier, type RFMDescription, RFMRegressor, rfm } from '@agop/rfm';
import { preprocessorOf, savedImageSize } from './attachments.ts';

/** What `--dtype` asks for. */
type DTypeChoice = { readonly dtype?: 'float32' | 'float64' };

/** A model of `agop fit` with its preprocessing. */
export interface SavedTableModel {
  readonly kind: 'fit';
  readonly description: TaskDescription & RFMDescription;
  readonly preprocessor: TablePreprocessor;
  /** Size of the file. */
  readonly bytes: number;
  /** Brings the model to a backend. */
  readonly load: (backend: Backend, dtype: DTypeChoice) => Promise<LoadedModel>;
}

/** A model of `agop collapse`: on a table, with its preprocessing, or on images. */
export interface SavedNetwork {
  readonly kind: 'collapse';
  readonly description: DeepDescription;
  /** Undefined for a network on images, or one that was saved by a program. */
  readonly preprocessor: TablePreprocessor | undefined;
  /** Size of the images; undefined for a network on a table, or one that was saved by a program. */
  readonly image: ImageSize | undefined;
  readonly bytes: number;
  readonly load: (backend: Backend, dtype: DTypeChoice) => Promise<DeepRFM<Label>>;
}

/** A model of `agop conv`. */
export interface SavedConvModel {
  readonly kind: 'conv';
  readonly description: TaskDescription & ConvModelDescription;
  /** Number of training images. */
  readonly images: number;
  readonly image: ImageSize;
  readonly dtype: string;
  readonly bytes: number;
  /** Brings a classifier to a backend. */
  readonly load: (backend: Backend, dtype: DTypeChoice) => Promise<ConvRFMClassifier<number>>;
}

export type SavedModel = SavedTableModel | SavedNetwork | SavedConvModel;

/** A model of `agop fit` on a backend, of either kind. The caller disposes of it. */
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
  return naming(path, async () => {
    const { metadata } = decodeSafetensors(bytes);
    switch (metadata['format']) {
      case 'agop-conv-rfm':
        return openConv(bytes, path);
      case 'agop-deep-rfm':
        return openNetwork(bytes, path);
      default:
        return openTableModel(bytes, path);
    }
  });
}

function openTableModel(bytes: Uint8Array, path: string): SavedTableModel {
  const { description, attachments } = decodeModel(rfm.format, bytes);
  return {
    kind: 'fit',
    description,
    preprocessor: preprocessorOf(attachments, path),
    bytes: bytes.length,
    load: async (backend, dtype) => {
      if (description.task === 'classification') {
        const model = await naming(path, () => RFMClassifier.load<Label>(bytes, { backend, ...dtype }));
        return { task: 'classification', model, [Symbol.dispose]: () => model.dispose() };
      }
      const model = await naming(path, () => RFMRegressor.load(bytes, { backend, ...dtype }));
      return { task: 'regression', model, [Symbol.dispose]: () => model.dispose() };
    },
  };
}

function openNetwork(bytes: Uint8Array, path: string): SavedNetwork {
  const { description, attachments } = decodeModel(deepRFM.format, bytes);
  return {
    kind: 'collapse',
    description,
    preprocessor: attachments['preprocessing'] === undefined ? undefined : preprocessorOf(attachments, path),
    image: savedImageSize(attachments),
    bytes: bytes.length,
    load: (backend, dtype) => naming(path, () => DeepRFM.load<Label>(bytes, { backend, ...dtype })),
  };
}

function openConv(bytes: Uint8Array, path: string): SavedConvModel {
  const { description, tensors } = decodeModel(convRfm.format, bytes);
  const { dtype = '', shape = [] } = tensors['images'] ?? {};
  const [images = 0, height = 0, width = 0, channels = 0] = shape;
  return {
    kind: 'conv',
    description,
    images,
    image: { height, width, channels },
    dtype,
    bytes: bytes.length,
    load: (backend, dtype) =>
      naming(path, () => ConvRFMClassifier.load<number>(bytes, { backend, ...dtype })),
  };
}

/** Errors of a file's format with the name of the file. */
async function naming<T>(path: string, read: () => Promise<T> | T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!AgopError.isInstance(error) || error.code !== 'FORMAT' || error.message.startsWith(path))
      throw error;
    throw new FormatError(`${path}: ${error.message}`, { cause: error });
  }
}
