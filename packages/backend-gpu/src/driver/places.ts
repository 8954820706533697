import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Folders that may hold CUDA's libraries, in the order in which they are searched; only those that exist. */
export function libraryFolders(environment: Environment, home = homedir()): string[] {
  const folders = [
    ...listed(environment['AGOP_CUDA_LIBRARIES']),
    ...listed(environment['LD_LIBRARY_PATH']),
    ...toolkits(environment),
    ...wheels(environment, home),
    ...[environment['CONDA_PREFIX']].flatMap((prefix) => (prefix ? [join(prefix, 'lib')] : [])),
  ];
  return [...new Set(folders)].filter((folder) => existsSync(folder));
}

/** Toolkits: the one that CUDA_HOME or CUDA_PATH names, then those in /usr/local, the newest first. */
function toolkits(environment: Environment): string[] {
  const named = [environment['CUDA_HOME'], environment['CUDA_PATH']].filter((path) => path !== undefined);
  const installed = entries('/usr/local')
    .filter((name) => /^cuda(-[\d.]+)?$/.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join('/usr/local', name));
  const machine = process.arch === 'arm64' ? 'sbsa-linux' : 'x86_64-linux';
  return [...named, ...installed].flatMap((root) => [
    join(root, 'lib64'),
    join(root, `targets/${machine}/lib`),
    join(root, 'lib'),
  ]);
}

/**
 * Python's `nvidia-*` wheels: `site-packages/nvidia/cu13/lib` for CUDA 13, one folder per library for CUDA
 * 12.
 */
function wheels(environment: Environment, home: string): string[] {
  const environments = [
    ...[environment['VIRTUAL_ENV'], environment['CONDA_PREFIX']].filter((path) => path !== undefined),
    // Python may be found through PATH without its environment being active.
    ...listed(environment['PATH'])
      .filter((folder) => existsSync(join(folder, 'python3')))
      .map((folder) => join(folder, '..')),
    join(home, '.local'),
    '/usr/local',
    '/usr',
  ];
  const packages = environments.flatMap((root) =>
    entries(join(root, 'lib'))
      .filter((name) => /^python3/.test(name))
      .flatMap((name) => ['site-packages', 'dist-packages'].map((kind) => join(root, 'lib', name, kind))),
  );
  return packages.flatMap((folder) => {
    const nvidia = join(folder, 'nvidia');
    return entries(nvidia).map((name) => join(nvidia, name, 'lib'));
  });
}

function listed(variable: string | undefined): string[] {
  return (variable ?? '').split(delimiter).filter((folder) => folder !== '');
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
