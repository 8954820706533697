import { decodeSafetensors, readFile } from '@agop/estimators';
import { chosenModel } from './chosen-model.ts';
import { imageModel } from './image-model.ts';
import { inFile, type ModelKind, type SavedModel } from './model-kind.ts';
import { networkModel } from './network-model.ts';
import { subspaceModel } from './subspace-model.ts';
import { tableModel } from './table-model.ts';

/** Where a file does not say its kind, the first one tells what is wrong with it. */
const kinds: readonly ModelKind[] = [tableModel, chosenModel, networkModel, imageModel, subspaceModel];

/**
 * Reads a model file.
 *
 * @throws {StorageError} if it cannot be read
 * @throws {FormatError} naming the file, if it is truncated, foreign, or was saved without what a command
 *   needs
 */
export async function openModel(path: string): Promise<SavedModel> {
  const bytes = await readFile(path);
  return inFile(path, () => {
    const { format } = decodeSafetensors(bytes).metadata;
    const kind = kinds.find((one) => one.format === format) ?? tableModel;
    return kind.open({ path, bytes });
  });
}
