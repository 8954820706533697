import { FormatError } from '@agop/core';
import { TablePreprocessor } from '@agop/data';

const attachmentName = 'preprocessing';

/** What the program saves inside a model file besides the model. */
export function modelAttachments(preprocessor: TablePreprocessor): Record<string, string> {
  return { [attachmentName]: JSON.stringify(preprocessor) };
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
