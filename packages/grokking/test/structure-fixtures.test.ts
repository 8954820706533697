import { basicOperations, modularTable, modularTask } from '@agop/grokking';
import {
  blockCirculantMetric,
  groupOrder,
  logarithmOrder,
  metricDeviations,
  nearestOfShape,
  relativeDeviations,
} from '@agop/grokking/analysis';
import { describeFixtures, expectOutput } from '@agop/test-support/parity';
import { expect, it } from 'vitest';

const names = ['add', 'sub', 'mul', 'div'] as const;

describeFixtures('modular_table', (fixtures) => {
  it.each(fixtures)('$name', (fixture) => {
    const p = Number(fixture.params['p']);
    for (const name of names) {
      const { a, b, labels } = modularTable(basicOperations[name], p);
      const pairs = [...a].flatMap((first, i) => [first, b[i] as number]);
      expectOutput(fixture, `${name}_pairs`, pairs);
      expectOutput(fixture, `${name}_labels`, labels);
    }
    const rows = Array.from({ length: p * p - 1 }, (_, i) => i);
    const { train, test } = modularTask({ operation: '+', p, split: { train: rows, test: [p * p - 1] } });
    expectOutput(fixture, 'add_rows', [...train.inputs, ...test.inputs]);
    expectOutput(fixture, 'log_order', logarithmOrder(p));
  });
});

describeFixtures('circulant', (fixtures) => {
  it.each(fixtures)('$name', (fixture) => {
    const p = Number(fixture.params['p']);
    const numbers = (block: ArrayLike<number>): number[] => {
      const { circulant, hankel, scalarPlusConstant } = relativeDeviations(block);
      return [circulant, hankel, scalarPlusConstant];
    };
    const blocks = ['exact', 'noisy', 'hankel', 'multiplicative', 'random', 'nearly_scalar'];
    for (const name of blocks) {
      const block = fixture.input(name).data;
      expectOutput(fixture, `${name}_nearest_circulant`, nearestOfShape(block, 'circulant'));
      expectOutput(fixture, `${name}_nearest_hankel`, nearestOfShape(block, 'hankel'));
      expectOutput(fixture, `${name}_deviations`, numbers(block));
      expectOutput(fixture, `${name}_deviations_log`, numbers(groupOrder(block, 'multiplicative')));
    }
    const metric = fixture.input('block_matrix').data;
    for (const group of ['additive', 'multiplicative'] as const) {
      expectOutput(fixture, `report_${group}`, Object.values(metricDeviations(metric, p, group)));
    }
    // Every expected result was compared.
    expect(fixture.outputs.length).toBe(4 * blocks.length + 2);
  });
});

describeFixtures('circulant_features', (fixtures) => {
  it.each(fixtures)('$name: the block metric', (fixture) => {
    const name = names.find((known) => known === fixture.params['op']) ?? 'add';
    const metric = blockCirculantMetric(
      basicOperations[name],
      Number(fixture.params['p']),
      fixture.input('row').data,
    );
    expectOutput(fixture, 'block_metric', metric);
  });
});
