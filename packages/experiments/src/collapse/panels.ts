import { formatPercent } from '@agop/report';
import type { Panel } from '@agop/report/terminal';
import type { CollapseLayer } from './result.ts';

/** Collapse over depth as curves for a terminal, NC1 and NC2 on a logarithmic scale. */
export function collapsePanels(layers: readonly CollapseLayer[]): Panel[] {
  const accuracies = layers.map(({ accuracy }) => accuracy);
  return [
    logarithmic('NC1, training', layers, (layer) => layer.nc1.projected),
    logarithmic('NC1, held out', layers, (layer) => layer.heldOut.nc1.projected),
    logarithmic('NC2, training', layers, (layer) => layer.nc2.projected),
    {
      label: 'accuracy',
      values: accuracies,
      domain: [Math.min(0.9, ...accuracies), 1],
      format: formatPercent,
    },
  ];
}

function logarithmic(
  label: string,
  layers: readonly CollapseLayer[],
  of: (layer: CollapseLayer) => number,
): Panel {
  return {
    label,
    values: layers.map(of).map((value) => (value > 0 ? Math.log10(value) : Number.NaN)),
    format: (exponent) => (Number.isFinite(exponent) ? (10 ** exponent).toExponential(1) : '0'),
  };
}
