import { execFile } from 'node:child_process';
import { withoutScriptVariables } from '../../../scripts/setup/environment.mjs';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end; a non-zero exit code is a result, a program that cannot be started an error.
 *
 * @param variables what its environment has besides
 */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  const env = { ...outside(), ...variables };
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** The environment without what the running test put there: a consumer knows nothing of this workspace. */
function outside(): NodeJS.ProcessEnv {
  const env = withoutScriptVariables(process.env);
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(NODE_(COMPILE_CACHE|ENV|OPTIONS|PATH)$|VITEST|TEST$)/.test(name),
    ),
  );
}
