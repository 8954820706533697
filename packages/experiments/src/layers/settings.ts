import { choice, number, type Settings, text, whole } from '@agop/core/options';

/** Options of comparing layers whose weights and gradients are in files. */
export const layersOptions = {
  dump: text({
    placeholder: 'path',
    required: true,
    description:
      'A .safetensors file, or a folder of .npy files, with LAYER.weight [units, ...] and LAYER.gradient [samples, outputs, units, ...] of each layer, and LAYER.initial, its weights before training, if they are known',
  }),
  unitAxis: choice(['third', 'last'], {
    default: 'third',
    description:
      'Axis of the gradients that counts units: third, as in PyTorch, or last, as in TensorFlow.js',
  }),
  controls: whole({
    from: 1,
    default: 3,
    description: 'Rotations, and random weights, that each control is the mean of',
  }),
  spectrum: number({
    above: 0,
    to: 1,
    default: 0.95,
    description: 'Share of the trace that counted directions have',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of the controls' }),
} as const;

/** Settings of a comparison: plain JSON. */
export type LayersSettings = Settings<typeof layersOptions>;
