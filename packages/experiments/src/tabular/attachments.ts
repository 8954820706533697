import { FormatError } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import { TablePreprocessor } from '@agop/data';

const attachmentName = 'preprocessing';
const priorName = 'prior';

/**
 * What is saved inside the file of a model of a table besides the model, so that it takes rows of tables.
 *
 * @param prior what a guess says: the means of the training rows, or the shares of their classes
 */
export function modelAttachments(
  preprocessor: TablePreprocessor,
  prior?: readonly number[],
): Record<string, string> {
  return {
    [attachmentName]: JSON.stringify(preprocessor),
    ...(prior && { [priorName]: JSON.stringify(prior) }),
  };
}

/** The prior that was saved inside a model file; undefined where there is none. */
export function attachedPrior(attachments: Readonly<Record<string, string>>): readonly number[] | undefined {
  try {
    const prior: unknown = JSON.parse(attachments[priorName] ?? 'null');
    return Array.isArray(prior) && prior.every(Number.isFinite) ? prior : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The preprocessing that was saved inside a model file.
 *
 * @throws {FormatError} if there is none, or it cannot be read
 */
export function savedPreprocessor(
  attachments: Readonly<Record<string, string>>,
  path: string,
): TablePreprocessor {
  checkMembers('savedPreprocessor()', { attachments, path }, { attachments: 'object', path: 'text' });
  const text = Object.hasOwn(attachments, attachmentName) ? attachments[attachmentName] : undefined;
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
