import { ShapeError } from '@agop/core';
import { checkGiven, checkWhole } from '@agop/core/options';
import type { TransformSnapshot } from '../estimators/events.ts';

/** What pictures need of a snapshot. */
export type PatchTransform = Pick<TransformSnapshot, 'patchSize' | 'channels' | 'transform'>;

/**
 * Checks a transform of patches.
 *
 * @throws {OptionError} for sizes that are none
 * @throws {ShapeError} for a transform that is not square, or of another size than the patches
 */
export function checkSnapshot(snapshot: PatchTransform): PatchTransform {
  const names = { patchSize: true, channels: true, transform: true, layer: true, iteration: true };
  checkGiven('the snapshot', snapshot, names);
  const { patchSize, channels, transform } = snapshot;
  checkWhole('patchSize', patchSize, 1, 2 ** 10);
  checkWhole('channels', channels, 1, 2 ** 16);
  const d = patchSize * patchSize * channels;
  if (transform?.length === d * d) return snapshot;
  throw new ShapeError(
    `The transform of patches of ${d} values is [${d}, ${d}], but has ${transform?.length} entries.`,
  );
}
