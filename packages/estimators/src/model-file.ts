import { AgopError, FormatError, OptionError } from '@agop/core';
import type * as z from 'zod/mini';
import { taskSchema } from './schema.ts';
import { decodeSafetensors, encodeSafetensors, type HostTensor, namesTwice } from './storage/index.ts';

/** What every model file says of the task. */
export type TaskDescription = z.infer<typeof taskSchema>;

/**
 * A kind of model file: a safetensors file whose metadata hold the kind as `format`, a description of the
 * model as JSON, `model`, and texts of users, `attachment.…`.
 *
 * @typeParam D what the description says besides the task
 */
export interface ModelFormat<D extends object> {
  /** Marks such files among safetensors files. */
  readonly name: string;
  /** Version of the description, raised when old programs could not read new files. */
  readonly version: number;
  /** What such a file holds, for messages, e.g. 'RFM model'. */
  readonly title: string;
  /** The package that reads newer versions once it is updated, for messages. */
  readonly packageName: string;
  /** The classes that load such files, for messages. */
  readonly estimators: Readonly<Partial<Record<TaskDescription['task'], string>>>;
  /** Checks a description that comes from JSON. Throws anything for one that is incomplete. */
  readonly parse: (description: unknown) => D;
}

/** What an algorithm puts into a model file. */
export interface ModelParts<D extends object> {
  readonly description: D;
  readonly tensors: Readonly<Record<string, HostTensor>>;
}

/** What is in a model file, on the host. */
export interface ModelContent<D extends object> extends ModelParts<TaskDescription & D> {
  /** Texts that travel with the model. */
  readonly attachments: Readonly<Record<string, string>>;
}

const attachment = 'attachment.';

/**
 * The bytes of a model file.
 *
 * @throws {OptionError} for a tensor of the reserved name `__metadata__`, and attachments that are no texts
 * @throws {ShapeError} for tensors whose data do not fill their shapes
 * @throws {DTypeError} for tensors whose data are of another dtype
 */
export function encodeModel<D extends object>(
  format: ModelFormat<D>,
  { description, tensors, attachments }: ModelContent<D>,
): Uint8Array {
  const attached = Object.entries(attachments).map(([name, text]) => {
    if (typeof text === 'string') return [attachment + name, text];
    throw new OptionError(`attachments.${name}`, { requirement: 'be a text', received: text });
  });
  return encodeSafetensors(tensors, {
    format: format.name,
    model: JSON.stringify({ version: format.version, ...description }),
    ...Object.fromEntries(attached),
  });
}

/**
 * Reads what {@link encodeModel} wrote.
 *
 * @throws {FormatError} for anything else, other kinds, newer versions, and descriptions that are incomplete
 */
export function decodeModel<D extends object>(format: ModelFormat<D>, bytes: Uint8Array): ModelContent<D> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { format: name, model } = metadata;
  if (name !== format.name || model === undefined) {
    throw new FormatError(
      `Not a saved ${format.title}: the file is a safetensors file without agop's description of one.`,
    );
  }
  const attachments = Object.entries(metadata).flatMap(([key, text]) =>
    key.startsWith(attachment) ? [[key.slice(attachment.length), text]] : [],
  );
  return {
    description: parseDescription(format, model),
    tensors,
    attachments: Object.fromEntries(attachments),
  };
}

/**
 * Makes something of what a model file says. What is wrong with it is wrong with the file.
 *
 * @param part what is made, for messages: `kernel`
 * @throws {FormatError} where `make` refuses the values
 */
export function fromFile<T>(part: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const isRefusal =
      AgopError.isInstance(cause) && ['OPTION', 'SHAPE', 'VALUE', 'DTYPE'].includes(cause.code);
    if (!isRefusal) throw cause;
    throw new FormatError(`The saved model is damaged, in its ${part}: ${cause.message}`, { cause });
  }
}

/** Tensors of a model inside another one, under names of their own: `leaf.3/centers`. */
export function nest<T>(name: string, tensors: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [`${name}/${key}`, tensor]));
}

/** The tensors that {@link nest} has put under a name. */
export function nested<T>(name: string, tensors: Readonly<Record<string, T>>): Record<string, T> {
  const prefix = `${name}/`;
  const own = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, tensor]) => [key.slice(prefix.length), tensor]));
}

function parseDescription<D extends object>(format: ModelFormat<D>, text: string): TaskDescription & D {
  const json = parseJson(text);
  if (namesTwice(text, json)) {
    throw new FormatError('The saved model is damaged: its description names something twice.');
  }
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  if (typeof version === 'number' && version > format.version) {
    throw new FormatError(
      `The model was saved in format version ${version}, but this program reads up to ${format.version}. Update ${format.packageName}.`,
    );
  }
  try {
    if (!Number.isInteger(version)) throw new TypeError('there is no version');
    return { ...format.parse(json), ...taskSchema.parse(json) };
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
