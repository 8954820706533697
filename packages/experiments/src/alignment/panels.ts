import type { Panel } from '@agop/report/terminal';
import type { AlignedEpoch } from './result.ts';

/** A training as curves for a terminal. */
export function alignmentPanels(epochs: readonly AlignedEpoch[]): Panel[] {
  const last = epochs[0]?.layers.length ?? 1;
  const panel = (label: string, layer: number, key: 'uc' | 'c'): Panel => ({
    label: `${label}, layer ${layer}`,
    values: epochs.map(({ layers }) => layers[layer - 1]?.[key] ?? Number.NaN),
    domain: [0, 1],
  });
  return [
    panel('UC-NFA', 1, 'uc'),
    panel('C-NFA', 1, 'c'),
    ...(last > 1 ? [panel('UC-NFA', last, 'uc'), panel('C-NFA', last, 'c')] : []),
    { label: 'loss', values: epochs.map(({ loss }) => loss ?? Number.NaN) },
  ];
}
