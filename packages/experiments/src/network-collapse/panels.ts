import type { Panel } from '@agop/report/terminal';
import type { NetworkEpoch } from './result.ts';

/** A training as curves for a terminal, NC1 on a logarithmic scale. */
export function networkCollapsePanels(epochs: readonly NetworkEpoch[]): Panel[] {
  const last = (epoch: NetworkEpoch) => epoch.layers.at(-1);
  return [
    logarithmic('NC1, first layer', epochs, ({ layers: [first] }) => first?.nc1.left),
    logarithmic('NC1, last layer', epochs, (epoch) => last(epoch)?.nc1.left),
    {
      label: 'NFA, first layer',
      values: epochs.map(({ layers: [first] }) => first?.nfa.root ?? Number.NaN),
      domain: [0, 1],
    },
    { label: 'loss', values: epochs.map(({ loss }) => loss ?? Number.NaN) },
  ];
}

function logarithmic(
  label: string,
  epochs: readonly NetworkEpoch[],
  of: (epoch: NetworkEpoch) => number | undefined,
): Panel {
  return {
    label,
    values: epochs.map((epoch) => Math.log10(of(epoch) ?? Number.NaN)),
    format: (exponent) => (Number.isFinite(exponent) ? (10 ** exponent).toExponential(1) : '0'),
  };
}
