import type { TabularSettings } from '@agop/experiments/tabular';

/** What the page has fitted, as programs for Node. */
export interface NodePrograms {
  /** For a shell. */
  readonly command: string;
  /** In TypeScript. */
  readonly program: string;
}

/**
 * Programs that do the same: the same rows held out, the same kernel, the same seed.
 *
 * @param seconds that settings were chosen in; undefined where none were
 */
export function nodePrograms(
  name: string,
  settings: TabularSettings,
  seconds: number | undefined,
): NodePrograms {
  const { target, task, ignore, categorical, maxRows, seed } = settings;
  const given = {
    target,
    ...(task && { task }),
    ...(ignore.length > 0 && { ignore }),
    ...(categorical.length > 0 && { categorical }),
    ...(maxRows !== undefined && { maxRows }),
    seed,
  };
  const flags = [
    ...target.map((column) => `--target ${quoted(column)}`),
    ...(task ? [`--task ${task}`] : []),
    ...ignore.map((column) => `--ignore ${quoted(column)}`),
    ...categorical.map((column) => `--categorical ${quoted(column)}`),
    ...(maxRows === undefined ? [] : [`--max-rows ${maxRows}`]),
  ];
  const types =
    categorical.length === 0
      ? ''
      : `, {\n  types: ${JSON.stringify(Object.fromEntries(categorical.map((column) => [column, 'categorical'])))},\n}`;
  return {
    command: [
      '# Kernel regression against RFM',
      `npx agop fit ${quoted(name)} ${flags.join(' ')} --preset rfm2022 --output model.safetensors --report report.html`,
      ...(seconds === undefined
        ? []
        : [
            '# Settings chosen',
            `npx agop fit ${quoted(name)} ${flags.join(' ')} --time ${Math.ceil(seconds)}s --output chosen.safetensors --report chosen.html`,
          ]),
      '# Predictions of either',
      `npx agop predict model.safetensors ${quoted(name)} --outside --output predictions.csv`,
    ].join('\n'),
    program: `import { writeFileSync } from 'node:fs';
import { createCpuBackend } from '@agop/backend-cpu';
import { resolve } from '@agop/core/options';
import { readTableFile } from '@agop/data/node';
import {
  modelAttachments,
  runTabularExperiment,
  tabularData,
  tabularOptions,
  tabularPage,
} from '@agop/experiments/tabular';
import { htmlPage } from '@agop/report';

const settings = resolve(tabularOptions, ${JSON.stringify(given)});
const table = await readTableFile(${JSON.stringify(name)}${types});
const data = await tabularData(${JSON.stringify(name)}, table, settings, readTableFile);

using backend = await createCpuBackend();
using run = await runTabularExperiment(settings, data, { backend });
const { model, result } = run;
console.log(result.summary.iterations, 'best:', result.summary.best);
writeFileSync('report.html', htmlPage(await tabularPage(result)));
writeFileSync('model.safetensors', await model.toBytes({ attachments: modelAttachments(data.preprocessor) }));
`,
  };
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
