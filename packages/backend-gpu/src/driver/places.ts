import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Folders whose libraries belong together, being of one release: a toolkit, or the wheels of one Python. Only
 * folders that exist.
 */
export interface Place {
  /** For messages. */
  readonly title: string;
  readonly folders: readonly string[];
  /** Whether the user named it: it then comes before newer releases elsewhere. */
  readonly isNamed: boolean;
}

/** Where CUDA's libraries may be, in the order in which they are looked for. */
export function libraryPlaces(environment: Environment, home = homedir()): Place[] {
  return existing([
    place('AGOP_CUDA_LIBRARIES', listed(environment['AGOP_CUDA_LIBRARIES']), true),
    place('LD_LIBRARY_PATH', listed(environment['LD_LIBRARY_PATH'])),
    ...toolkitRoots(environment).map((root) => place(root, librariesOf(root))),
    ...wheels(environment, home),
    ...[environment['CONDA_PREFIX']].flatMap((prefix) =>
      prefix ? [place(`conda, ${prefix}`, [join(prefix, 'lib')])] : [],
    ),
  ]);
}

/** The folders of all places. */
export function libraryFolders(environment: Environment, home = homedir()): string[] {
  return foldersOf(libraryPlaces(environment, home));
}

export function foldersOf(places: readonly Place[]): string[] {
  return [...new Set(places.flatMap(({ folders }) => folders))];
}

/** Where `libcuda.so.1` is put into containers and into WSL; elsewhere the system's loader knows it. */
export const driverFolders: readonly string[] = ['/usr/local/nvidia/lib64', '/usr/lib/wsl/lib'];

/**
 * Where Python says that its wheels are: the last resort, for a `python3` that is a wrapper, as it starts a
 * process.
 */
export function askPython(environment: Environment): Place[] {
  const code =
    'import nvidia,glob,os;print(os.pathsep.join(p for d in nvidia.__path__ for p in glob.glob(d+"/*/lib")))';
  const { stdout } = spawnSync('python3', ['-c', code], {
    env: { ...environment },
    encoding: 'utf8',
    timeout: 20_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return existing([place("what python3 calls 'nvidia'", listed(stdout?.trim()))]);
}

/**
 * Roots of toolkits: those that CUDA_HOME and CUDA_PATH name, that of an `nvcc` on PATH, then those in
 * /usr/local, the newest first.
 */
export function toolkitRoots(environment: Environment): string[] {
  const named = [environment['CUDA_HOME'], environment['CUDA_PATH']].filter((path) => path !== undefined);
  const onPath = listed(environment['PATH'])
    .map((folder) => join(folder, 'nvcc'))
    .filter((file) => existsSync(file))
    .map((file) => dirname(dirname(realpathSync(file))))
    .filter((root) => root !== '/usr' && root !== '/usr/local');
  const installed = entries('/usr/local')
    .filter((name) => /^cuda(-[\d.]+)?$/.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join('/usr/local', name));
  return [...new Set([...named, ...onPath, ...installed])];
}

function librariesOf(root: string): string[] {
  const machine = process.arch === 'arm64' ? 'sbsa-linux' : 'x86_64-linux';
  return [join(root, 'lib64'), join(root, `targets/${machine}/lib`), join(root, 'lib')];
}

/**
 * Python's `nvidia-*` wheels: `site-packages/nvidia/cu13/lib` for CUDA 13, one folder per library for CUDA
 * 12.
 */
function wheels(environment: Environment, home: string): Place[] {
  const environments = [
    ...[environment['VIRTUAL_ENV'], environment['CONDA_PREFIX']].filter((path) => path !== undefined),
    // Python may be found through PATH without its environment being active, also through a link to it.
    ...listed(environment['PATH'])
      .map((folder) => join(folder, 'python3'))
      .filter((file) => existsSync(file))
      .flatMap((file) => [join(file, '../..'), join(realpathSync(file), '../..')]),
    join(home, '.local'),
    '/usr/local',
    '/usr',
  ];
  const packages = environments.flatMap((root) =>
    entries(join(root, 'lib'))
      .filter((name) => /^python3/.test(name))
      .flatMap((name) => ['site-packages', 'dist-packages'].map((kind) => join(root, 'lib', name, kind))),
  );
  return packages.map((folder) => {
    const nvidia = join(folder, 'nvidia');
    const libraries = entries(nvidia).map((name) => join(nvidia, name, 'lib'));
    return place(`wheels in ${folder}`, libraries);
  });
}

function place(title: string, folders: readonly string[], isNamed = false): Place {
  return { title, folders, isNamed };
}

/** Places without the folders that are not there or came before; none that is empty. */
function existing(places: readonly Place[]): Place[] {
  const known = new Set<string>();
  return places.flatMap((one) => {
    const folders = one.folders.filter((folder) => {
      if (known.has(folder) || !existsSync(folder)) return false;
      known.add(folder);
      return true;
    });
    return folders.length === 0 ? [] : [{ ...one, folders }];
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
