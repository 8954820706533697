import {
  blockSpectrum,
  fourierContent,
  frequencyMagnitudes,
  type GrokkingResult,
  groupOrder,
  metricBlocks,
  tableOutputs,
} from '@agop/grokking';
import { type Block, formatPercent, heatMap, lineChart, type Section } from '@agop/report';
import { type TracedStructure, tracedStructures } from './structures.ts';

/** The Fourier side of the metric for each operation whose structure is known. */
export function spectrumSections(result: GrokkingResult, chosen: readonly number[]): Promise<Section[]> {
  return Promise.all(tracedStructures(result).map((traced) => spectrumSection(result, traced, chosen)));
}

async function spectrumSection(
  result: GrokkingResult,
  { operation, structure }: TracedStructure,
  chosen: readonly number[],
): Promise<Section> {
  const { task, nextMetrics } = result;
  const { p } = task;
  const isOnly = task.operations.length === 1;
  const block = (iteration: number): Float64Array =>
    groupOrder(metricBlocks(nextMetrics[iteration] as Float64Array, p).lowerLeft, structure.group);
  const last = chosen.at(-1) ?? 0;
  const order = structure.group === 'additive' ? p : p - 1;
  const line = structure.block === 'circulant' ? 'add up to 0' : 'are equal';
  const magnitudes = chosen.map((iteration) => {
    const all = frequencyMagnitudes(block(iteration), structure.block).slice(1);
    const total = Math.hypot(...all);
    return {
      label: `iteration ${iteration}`,
      x: all.map((_, k) => k + 1),
      y: all.map((value) => value / total),
    };
  });
  const blocks: Block[] = [
    {
      kind: 'text',
      text: `In the Fourier basis a block that is constant along diagonals is sparse: it only joins frequencies that ${line}. That is what the Fourier multiplication algorithm needs: transform both operands, multiply frequency by frequency, transform back.`,
    },
    {
      kind: 'figure',
      svg: heatMap({
        title: `Fourier transform of the off-diagonal block after iteration ${last}`,
        matrix: { data: spectrumPicture(block(last)), shape: [order, order] },
        ramp: 'sequential',
      }),
      caption: `Magnitudes |F B Fᵀ| of the lower left block after iteration ${last}, frequency 0 with itself left out.`,
    },
    {
      kind: 'figure',
      svg: await lineChart({
        title: 'Frequencies in the off-diagonal block',
        series: magnitudes,
        x: { label: 'frequency' },
        y: { label: 'share of the magnitude' },
      }),
      caption: 'Magnitude of each frequency in the diagonals of the block, scaled to length 1 per iteration.',
    },
  ];
  if (isOnly && coversTable(result)) {
    const { share } = fourierContent(tableOutputs(task, result.last), operation, p);
    blocks.push({
      kind: 'text',
      text: `Of the variance of the last machine's outputs over the whole table, ${formatPercent(share)} are those of a Fourier multiplication algorithm with some weights on its frequencies; of the algorithm itself it is 100 %.`,
    });
  }
  return { heading: `Its Fourier spectrum${isOnly ? '' : `, for ${operation.formula}`}`, blocks };
}

function coversTable({ task }: GrokkingResult): boolean {
  const columns = task.operations[0]?.divides ? task.p - 1 : task.p;
  return task.train.size + task.test.size === task.p * columns;
}

/** Magnitudes with the entry of the mean, which outshines the rest, left out. */
function spectrumPicture(block: Float64Array): Float64Array {
  return blockSpectrum(block).map((power, i) => (i === 0 ? 0 : Math.sqrt(power)));
}
