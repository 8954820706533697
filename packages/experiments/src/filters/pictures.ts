import {
  attentionPictures,
  type ConvRFMClassifier,
  patchFilters,
  type TransformSnapshot,
} from '@agop/conv-rfm';
import { type Backend, randomPermutation, subkey } from '@agop/core';
import type { LabelledImages } from '../images.ts';
import type { FiltersData } from './data.ts';
import type { FiltersRunResult, ImageView, RoundFilters, SavedPicture } from './result.ts';

/** Filters that are kept of each round. */
const filterCount = 8;
/** Images that are kept with what the model makes of them. */
const viewCount = 8;

/** The filters of each round below feature layers, and some images as the last of them sees these. */
export async function picturesOf(
  model: ConvRFMClassifier<number>,
  { training, test }: FiltersData,
  backend: Backend,
  seed: number,
): Promise<Pick<FiltersRunResult, 'filters' | 'views'>> {
  const snapshots = model.snapshots.filter(({ layer }) => layer === 0);
  const last = snapshots.at(-1);
  if (!last || snapshots.length < 2) return { filters: [], views: [] };
  return { filters: await filtersOf(backend, snapshots), views: viewsOf(test ?? training, last, seed) };
}

/** The leading filters of each round. */
export async function filtersOf(
  backend: Backend,
  snapshots: readonly TransformSnapshot[],
  count = filterCount,
): Promise<RoundFilters[]> {
  const found: RoundFilters[] = [];
  for (const snapshot of snapshots) {
    const { filters, spectrum } = await patchFilters(backend, snapshot, count);
    found.push({
      iteration: snapshot.iteration,
      patchSize: snapshot.patchSize,
      spectrum: Array.from(spectrum),
      filters: filters.map((filter) => ({ ...saved(filter), share: filter.share })),
    });
  }
  return found;
}

/** Some images as they are, how strongly each place reaches the kernel, and what is left of them. */
export function viewsOf(
  images: LabelledImages,
  snapshot: TransformSnapshot,
  seed: number,
  count = viewCount,
): ImageView[] {
  const [all, height, width, channels] = images.shape;
  const pixels = height * width * channels;
  const chosen = randomPermutation(all, subkey(seed, 'shown-images')).slice(0, count).sort();
  return Array.from(chosen, (index) => {
    const image = {
      data: images.data.subarray(index * pixels, (index + 1) * pixels),
      height,
      width,
      channels,
    };
    const { strength, seen } = attentionPictures(snapshot, image);
    const label = images.labels[index] as number;
    return { label, image: saved(image), strength: saved(strength), seen: saved(seen) };
  });
}

function saved({
  data,
  height,
  width,
  channels = 1,
}: Omit<SavedPicture, 'data' | 'channels'> & {
  readonly data: ArrayLike<number>;
  readonly channels?: number;
}): SavedPicture {
  return { data: Array.from(data), height, width, channels };
}
