/**
 * Makes everything that docs/conv-rfm.md shows: runs `agop conv` for each experiment, keeps its JSON in
 * docs/results/conv-rfm, draws the pictures into docs/conv-rfm and writes the tables into the page.
 *
 *   pnpm reproduce:conv [--data FOLDER] [--only star,mnist] [--draw]
 *
 * FOLDER holds images/mnist and so on; default `shared/data` beside the clone. With --draw nothing is run:
 * pictures and tables are made of what is there.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Experiment, experiments } from './experiments.ts';
import { drawPictures } from './pictures.ts';
import { type ConvResult, fillTables } from './tables.ts';

const root = resolve(import.meta.dirname, '../../..');
const docs = join(root, 'docs');
const results = join(docs, 'results/conv-rfm');
const models = join(root, 'node_modules/.cache/conv-rfm');

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(root, '../shared/data') },
    only: { type: 'string' },
    draw: { type: 'boolean', default: false },
  },
});

/** Runs the program on one experiment; its JSON and its model are kept. */
async function run({ name, images, args }: Experiment): Promise<void> {
  const program = join(root, 'packages/cli/src/main.ts');
  const data = images === undefined ? [] : ['--data', join(values.data, 'images', images)];
  const output = join(models, `${name}.safetensors`);
  const child = spawn(
    process.execPath,
    [
      '-C',
      '@agop/source',
      '--experimental-wasm-revectorize',
      program,
      'conv',
      ...data,
      ...args,
      '--output',
      output,
      '--json',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`agop conv ${args.join(' ')} ended with ${code}.`);
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify(JSON.parse(text), null, 1)}\n`);
}

mkdirSync(results, { recursive: true });
mkdirSync(models, { recursive: true });
const chosen = values.only?.split(',');
for (const experiment of experiments) {
  if (values.draw || (chosen && !chosen.includes(experiment.name))) continue;
  console.log(`${experiment.title}: agop conv ${experiment.args.join(' ')}`);
  await run(experiment);
}
const found = new Map<string, ConvResult>();
for (const { name } of experiments) {
  const file = join(results, `${name}.json`);
  if (existsSync(file)) found.set(name, JSON.parse(readFileSync(file, 'utf8')) as ConvResult);
}
const page = join(docs, 'conv-rfm.md');
writeFileSync(page, fillTables(readFileSync(page, 'utf8'), found));
await drawPictures(found, models, join(docs, 'conv-rfm'));
