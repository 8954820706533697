import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/**
 * The options that a program of the workspace was started with. With `--help` it says how it is used and ends
 * with 0; with options that it does not have it says so, and ends with 2.
 */
export function commandLine<const T extends ParseArgsOptionsConfig>(
  usage: string,
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return endWithUsage(usage, error.message);
  }
}

/** Says what is wrong with the options, and how the program is used; ends it with 2. */
export function endWithUsage(usage: string, problem: string): never {
  console.error(`${problem}\n\n${usage}`);
  process.exit(2);
}
