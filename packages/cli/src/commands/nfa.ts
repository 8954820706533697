import {
  alignmentOptions,
  ansatzOptions,
  filterStartOptions,
  filtersAnsatzOptions,
  layersOptions,
  networkCollapseOptions,
  phenomenaOptions,
} from '@agop/experiments/options';
import { againOption } from '../output/output-options.ts';
import { task, taskCommand } from '../task-command.ts';

export const nfa = taskCommand({
  name: 'nfa',
  description: 'Measure what the AGOP explains about networks: the neural feature ansatz',
  tasks: {
    ansatz: task(
      'dense networks trained on images',
      { ...ansatzOptions, again: againOption },
      async () => (await import('../experiments/nfa/ansatz.ts')).runAnsatz,
    ),
    'filters-ansatz': task(
      'filters of pretrained networks',
      { ...filtersAnsatzOptions, again: againOption },
      async () => (await import('../experiments/nfa/filters-ansatz.ts')).runFiltersAnsatz,
    ),
    'filter-start': task(
      'a small network whose filters start from the patch AGOP of a ConvRFM',
      { ...filterStartOptions, again: againOption },
      async () => (await import('../experiments/nfa/filter-start.ts')).runFilterStart,
    ),
    layers: task(
      'weights and gradients of any network, from files',
      layersOptions,
      async () => (await import('../experiments/nfa/layers.ts')).runLayers,
    ),
    alignment: task(
      'how layers align with their gradients, over time',
      { ...alignmentOptions, again: againOption },
      async () => (await import('../experiments/nfa/alignment.ts')).runAlignment,
    ),
    phenomena: task(
      'what networks and Recursive Feature Machines both do: delayed generalization, spurious features, …',
      { ...phenomenaOptions, again: againOption },
      async () => (await import('../experiments/nfa/phenomena.ts')).runPhenomena,
    ),
    'network-collapse': task(
      'how classes become points in a network, layer by layer',
      { ...networkCollapseOptions, again: againOption },
      async () => (await import('../experiments/nfa/network-collapse.ts')).runNetworkCollapse,
    ),
  },
  examples: [
    'nfa --task ansatz --report ansatz.html',
    'nfa --task ansatz --data cifar10 --seeds 1',
    'nfa --task filters-ansatz --network face --report face.html',
    'nfa --task filters-ansatz --network model.json --images photos/cifar10 --count 12',
    'nfa --task layers --dump layers.safetensors --report layers.html',
    'nfa --task alignment --data cifar10 --report alignment.html',
    'nfa --task alignment --study speed --seeds 3',
    'nfa --task phenomena --phenomenon spurious --report spurious.html',
    'nfa --task network-collapse --gain 0.3 --decay 0.0005 --report collapse.html',
  ],
});
