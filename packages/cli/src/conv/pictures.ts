import { attentionPictures, type LabelledImages, patchFilters, type TransformSnapshot } from '@agop/conv-rfm';
import { type Backend, randomPermutation } from '@agop/core';
import { imageGrid, type Picture, spectrumChart } from '@agop/report';

/** Filters that are shown of each iteration. */
const filterCount = 8;
/** Images that are shown with what the model makes of them. */
const shownImages = 8;

/** The leading filters of each iteration, side by side, as SVG; and the spectrum of the last one. */
export async function filterCharts(
  backend: Backend,
  snapshots: readonly TransformSnapshot[],
): Promise<{ readonly grids: readonly { iteration: number; svg: string }[]; readonly spectrum: string }> {
  const grids: { iteration: number; svg: string }[] = [];
  let spectrum: ArrayLike<number> = [];
  for (const snapshot of snapshots) {
    const found = await patchFilters(backend, snapshot, filterCount);
    spectrum = found.spectrum;
    const pictures = found.filters.map(
      ({ data, height, width, channels, share }): Picture => ({
        ...drawable(data, height, width, channels),
        label: `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`,
      }),
    );
    const title = `Filters of round ${snapshot.iteration}`;
    grids.push({
      iteration: snapshot.iteration,
      svg: imageGrid({ title, pictures, columns: filterCount, ramp: 'diverging', width: 600 }),
    });
  }
  return {
    grids,
    spectrum: await spectrumChart({
      title: 'Spectrum of the last patch metric',
      values: spectrum,
      log: true,
      label: 'share of the trace',
      indexLabel: 'eigenvalue',
    }),
  };
}

/** Some images as they are, how strongly each place reaches the kernel (on one scale), and what is left of them. */
export function attentionCharts(
  images: LabelledImages,
  snapshot: TransformSnapshot,
  seed: number,
): { readonly images: string; readonly strength: string; readonly seen: string } {
  const [count, height, width, channels] = images.shape;
  const pixels = height * width * channels;
  const chosen = randomPermutation(count, { seed, stream: 2 ** 35 })
    .slice(0, shownImages)
    .sort();
  const views = Array.from(chosen, (index) => {
    const data = images.data.subarray(index * pixels, (index + 1) * pixels);
    const label = `class ${images.labels[index]}`;
    return { data, label, ...attentionPictures(snapshot, { data, height, width, channels }) };
  });
  const grid = (title: string, pictures: readonly Picture[], range: 'shared' | 'each'): string =>
    imageGrid({ title, pictures, columns: shownImages, ramp: 'gray', range, width: 980 });
  const originals = views.map(
    ({ data, label }): Picture => ({ ...drawable(data, height, width, channels), label }),
  );
  const strengths = views.map(({ strength }): Picture => strength);
  const seen = views.map(({ seen: left }): Picture => drawable(left.data, height, width, channels));
  return {
    images: grid('Images', originals, 'each'),
    strength: grid('Where the model looks', strengths, 'shared'),
    seen: grid('What it sees', seen, 'each'),
  };
}

/** Pictures have one or three channels; of others the mean is shown. */
function drawable(data: ArrayLike<number>, height: number, width: number, channels: number): Picture {
  if (channels === 1 || channels === 3) return { data, height, width, channels };
  const mean = new Float64Array(height * width);
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / channels);
    mean[pixel] = (mean[pixel] as number) + (data[at] as number) / channels;
  }
  return { data: mean, height, width };
}
