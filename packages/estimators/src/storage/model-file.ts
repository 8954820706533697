import { FormatError } from '@agop/core';
import { decodeSafetensors } from './decode.ts';
import { encodeSafetensors } from './encode.ts';
import type { HostTensor } from './host-tensor.ts';

/** A kind of model file: a safetensors file whose metadata hold the kind as `format` and a description of the model as JSON, `model`. */
export interface ModelFormat<T extends { readonly version: number }> {
  /** Marks such files among safetensors files. */
  readonly name: string;
  /** Version of the description, raised when old programs could not read new files. */
  readonly version: T['version'];
  /** What such a file holds, for messages, e.g. 'RFM model'. */
  readonly title: string;
  /** The package that reads newer versions once it is updated, for messages. */
  readonly packageName: string;
  /** Checks a description that comes from JSON. Throws anything for one that is incomplete. */
  readonly parse: (description: unknown) => T;
}

/** What is in a model file. */
export interface ModelContent<T> {
  readonly description: T;
  readonly tensors: Readonly<Record<string, HostTensor>>;
  /** Texts beside the description, under other names than `format` and `model`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * One safetensors file with the tensors, the texts, and the description as JSON.
 *
 * @throws {OptionError} {ShapeError} {DTypeError} as {@link encodeSafetensors}
 */
export function encodeModelFile<T extends { readonly version: number }>(
  format: ModelFormat<T>,
  { description, tensors, metadata }: ModelContent<T>,
): Uint8Array {
  return encodeSafetensors(tensors, {
    format: format.name,
    model: JSON.stringify(description),
    ...metadata,
  });
}

/**
 * Reads what {@link encodeModelFile} wrote.
 *
 * @throws {FormatError} for anything else, other kinds, newer versions, and descriptions that are incomplete
 */
export function decodeModelFile<T extends { readonly version: number }>(
  format: ModelFormat<T>,
  bytes: Uint8Array,
): ModelContent<T> {
  const { tensors, metadata: texts } = decodeSafetensors(bytes);
  const { format: name, model, ...metadata } = texts;
  if (name !== format.name || model === undefined) {
    throw new FormatError(
      `Not a saved ${format.title}: the file is a safetensors file without agop's description of one.`,
    );
  }
  return { description: parseDescription(format, model), tensors, metadata };
}

function parseDescription<T extends { readonly version: number }>(format: ModelFormat<T>, text: string): T {
  const json = parseJson(text);
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  if (typeof version === 'number' && version > format.version) {
    throw new FormatError(
      `The model was saved in format version ${version}, but this program reads up to ${format.version}. Update ${format.packageName}.`,
    );
  }
  try {
    return format.parse(json);
  } catch (cause) {
    throw new FormatError('The saved model is damaged: its description is incomplete.', { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError('The saved model is damaged: its description is no JSON.', { cause });
  }
}
