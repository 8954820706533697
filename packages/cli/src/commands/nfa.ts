import { filtersAnsatzOptions } from '@agop/experiments/options';
import { task, taskCommand } from '../task-command.ts';

export const nfa = taskCommand({
  name: 'nfa',
  description: 'Measure what the AGOP explains about networks: the neural feature ansatz',
  tasks: {
    'filters-ansatz': task(
      'filters of pretrained networks',
      filtersAnsatzOptions,
      async () => (await import('../experiments/nfa/filters-ansatz.ts')).runFiltersAnsatz,
    ),
  },
  examples: [
    'nfa --task filters-ansatz --network face --report face.html',
    'nfa --task filters-ansatz --network model.json --images photos/cifar10 --count 12',
  ],
});
