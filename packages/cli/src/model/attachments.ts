import { FormatError } from '@agop/core';
import { TablePreprocessor } from '@agop/data';
import { decodeSafetensors, encodeSafetensors } from '@agop/estimators';

const attachmentName = 'preprocessing';

/** What the program saves inside a model file besides the model. */
export function modelAttachments(preprocessor: TablePreprocessor): Record<string, string> {
  return { [attachmentName]: JSON.stringify(preprocessor) };
}

/** Names of attachments in the metadata of a model file, as `@agop/rfm` has them. */
const prefix = 'attachment.';

/** A model file with more texts inside; the packages that read it take no notice of them. */
export function withAttachments(
  bytes: Uint8Array,
  attachments: Readonly<Record<string, string>>,
): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const more = Object.entries(attachments).map(([name, text]) => [`${prefix}${name}`, text]);
  return encodeSafetensors(tensors, { ...metadata, ...Object.fromEntries(more) });
}

/** The texts of {@link withAttachments} among the metadata of a model file. */
export function attachmentsOf(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([name, text]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : [],
    ),
  );
}

/**
 * The preprocessing that was saved inside a model file.
 *
 * @throws {FormatError} if there is none, or it cannot be read
 */
export function preprocessorOf(
  attachments: Readonly<Record<string, string>>,
  path: string,
): TablePreprocessor {
  const text = attachments[attachmentName];
  if (text === undefined) {
    throw new FormatError(
      `${path} was saved by a program, without the preprocessing of a table. Load it with @agop/rfm instead.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${path} is damaged: its preprocessing is not JSON.`, { cause });
  }
  return TablePreprocessor.fromJSON(json);
}

const imagesName = 'images';

/** The size of the images that a model was made on, to be saved inside its file. */
export function imageAttachments(size: {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}): Record<string, string> {
  const { height, width, channels } = size;
  return { [imagesName]: [height, width, channels].join(' x ') };
}

/** What {@link imageAttachments} saved; undefined where nothing was, or something else. */
export function savedImageSize(
  attachments: Readonly<Record<string, string>>,
): { readonly height: number; readonly width: number; readonly channels: number } | undefined {
  const [height, width, channels, ...more] = (attachments[imagesName] ?? '').split(' x ').map(Number);
  if (!(height && width && channels) || more.length > 0) return undefined;
  return { height, width, channels };
}
