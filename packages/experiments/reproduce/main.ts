// Runs a program of the manifest: `pnpm reproduce collapse --only digits`. Without a name it lists them, with
// their options.
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
} else {
  const { default: program } = await entry.load();
  await program.run(args).catch((error) => {
    const problem = problemOf(program, error);
    if (problem === undefined) throw error;
    console.error(problem);
    process.exitCode = 1;
  });
}
