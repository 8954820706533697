// Measures WebGPU beside the CPU and other libraries, in Node, or makes the page that does so in a browser.
//
//   pnpm bench:webgpu [--products 512,1024] [--fits 2000,10000] [--programs 'agop, WebGPU;agop, CPU']
//     [--output FILE]
//   pnpm bench:webgpu --page [--serve]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { createWebGpuBackend } from '@agop/backend-webgpu';
import { softwareAdapterVariables } from '../../packages/backend-webgpu/test/software-adapter.ts';
import { buildPage, servePage } from './page/build.ts';
import { programs } from './programs.ts';
import { restartWith } from './restart.ts';
import { hardwarePlan, runPlan, softwarePlan } from './run.ts';

const { values } = parseArgs({
  options: {
    products: { type: 'string' },
    fits: { type: 'string' },
    programs: { type: 'string' },
    output: { type: 'string', default: 'dist/bench-webgpu/node.json' },
    page: { type: 'boolean', default: false },
    serve: { type: 'boolean', default: false },
  },
});

if (values.page) {
  const file = await buildPage();
  console.log(`The page is ${file}: one file, for any host or to be sent.`);
  if (values.serve) await servePage(file);
} else if (!restartWith(softwareAdapterVariables())) {
  await likeBrowser();
  await measureHere();
}

/** Other libraries look for what a browser has. */
async function likeBrowser(): Promise<void> {
  // By a name that the compiler does not follow: its types differ a little from those of TypeScript.
  const name = 'webgpu';
  const { create, globals }: { create(options: string[]): object; globals: object } = await import(name);
  Object.assign(globalThis, globals);
  Object.defineProperty(navigator, 'gpu', { value: create([]) });
}

async function measureHere(): Promise<void> {
  const isSoftware = await onSoftware();
  if (isSoftware) console.log('A software adapter: the counts mean something, the times do not.');
  const usual = isSoftware ? softwarePlan : hardwarePlan;
  const numbers = (text: string | undefined, otherwise: readonly number[]): readonly number[] =>
    text?.split(',').filter(Boolean).map(Number) ?? otherwise;
  const result = await runPlan(
    {
      products: numbers(values.products, usual.products),
      fits: numbers(values.fits, usual.fits),
      programs: values.programs?.split(';') ?? Object.keys(programs),
      where: `Node ${process.version}, ${process.platform} ${process.arch}`,
    },
    console.log,
  );
  mkdirSync(dirname(values.output), { recursive: true });
  writeFileSync(values.output, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`Written to ${values.output}`);
  // TensorFlow.js and drivers keep a process alive.
  process.exit(0);
}

async function onSoftware(): Promise<boolean> {
  using backend = await createWebGpuBackend();
  return backend.device.details['software'] === true;
}
