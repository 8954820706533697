import { blockSpectrum, frequencyMagnitudes, groupOrder, metricBlocks } from '@agop/grokking/analysis';
import { block, formatPercent, heatMap, lineChart, type Section } from '@agop/report';
import { courseOf, type GrokkingRunResult } from './result.ts';
import { type TracedStructure, tracedStructures } from './structures.ts';

/** The Fourier side of the metric for each operation whose structure is known. */
export function spectrumSections(result: GrokkingRunResult): Promise<Section[]> {
  return Promise.all(tracedStructures(courseOf(result)).map((traced) => spectrumSection(result, traced)));
}

async function spectrumSection(
  { metrics, summary: { p }, operations, fourierShare }: GrokkingRunResult,
  { operation, structure }: TracedStructure,
): Promise<Section> {
  const isOnly = operations.length === 1;
  const blocks = metrics.map(({ iteration, data }) => ({
    iteration,
    data: offDiagonalBlock(Float64Array.from(data), p, structure.group),
  }));
  const last = blocks.at(-1);
  if (!last) return { heading: 'Its Fourier spectrum', blocks: [] };
  const order = Math.sqrt(last.data.length);
  const line = structure.block === 'circulant' ? 'add up to 0' : 'are equal';
  return {
    heading: `Its Fourier spectrum${isOnly ? '' : `, for ${operation.formula}`}`,
    blocks: [
      block.text(
        `In the Fourier basis a block that is constant along diagonals is sparse: it only joins frequencies that ${line}. That is what the Fourier multiplication algorithm needs: transform both operands, multiply frequency by frequency, transform back.`,
      ),
      block.figure(
        heatMap({
          title: `Fourier transform of the off-diagonal block after iteration ${last.iteration}`,
          matrix: { data: spectrumPicture(last.data), shape: [order, order] },
          ramp: 'sequential',
        }),
        `Magnitudes |F B Fᵀ| of the lower left block after iteration ${last.iteration}, frequency 0 with itself left out.`,
      ),
      block.figure(
        await lineChart({
          title: 'Frequencies in the off-diagonal block',
          series: blocks.map(({ iteration, data }) => {
            const all = frequencyMagnitudes(data, structure.block).slice(1);
            const total = Math.hypot(...all);
            return {
              label: `iteration ${iteration}`,
              x: all.map((_, k) => k + 1),
              y: all.map((value) => value / total),
            };
          }),
          x: { label: 'frequency' },
          y: { label: 'share of the magnitude' },
        }),
        'Magnitude of each frequency in the diagonals of the block, scaled to length 1 per iteration.',
      ),
      ...(isOnly && fourierShare !== null
        ? [
            block.text(
              `Of the variance of the last machine's outputs over the whole table, ${formatPercent(fourierShare)} are those of a Fourier multiplication algorithm with some weights on its frequencies; of the algorithm itself it is 100 %.`,
            ),
          ]
        : []),
    ],
  };
}

/** The lower left block of a metric, row-major, in the order of a group. */
export function offDiagonalBlock(
  metric: Float64Array,
  p: number,
  group: TracedStructure['structure']['group'],
): Float64Array {
  return groupOrder(metricBlocks(metric, p).lowerLeft, group);
}

/**
 * Magnitudes of a block's Fourier transform; the entry of the mean, which outshines the rest, is left out.
 */
export function spectrumPicture(square: Float64Array): Float64Array {
  return blockSpectrum(square).map((power, i) => (i === 0 ? 0 : Math.sqrt(power)));
}
