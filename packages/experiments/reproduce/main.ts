// Runs a program of the manifest: `pnpm reproduce collapse --only digits`. Without a name it lists them, with
// their options.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { describeOption, flagsOf } from '@agop/core/options';
import { manifest } from './manifest.ts';
import { problemOf } from './program.ts';

const [name, ...args] = process.argv.slice(2);
const entry = manifest.find((one) => one.name === name);
if (entry === undefined) {
  for (const { name: own, makes, needs, minutes, load } of manifest) {
    console.log(`${own}: ${makes}${needs === undefined ? '' : `; needs ${needs}`}; about ${minutes} min`);
    for (const [key, option] of Object.entries((await load()).default.options)) {
      console.log(`  ${flagsOf(key, option).padEnd(28)} ${describeOption(option)}`);
    }
  }
  process.exitCode = name === undefined ? 0 : 1;
} else if (isMainThread) {
  superviseWork();
} else {
  const { default: program } = await entry.load();
  const onKept = (words: string) => parentPort?.postMessage(words);
  await program.run(args, { name: entry.name, onKept }).catch((error) => {
    const problem = problemOf(program, error);
    if (problem === undefined) throw error;
    console.error(problem);
    process.exitCode = 1;
  });
}

/** The work is done in a thread, so that an interruption is answered at once. */
function superviseWork(): void {
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  let kept = '';
  worker.on('message', (words: string) => {
    kept = words;
  });
  process.on('SIGINT', () => {
    console.error(`\nInterrupted. ${kept}`.trimEnd());
    process.exit(130);
  });
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('exit', (code) => {
    process.exitCode = code;
  });
}
