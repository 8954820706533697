type Environment = Readonly<Record<string, string | undefined>>;

/** What decides where libraries are. */
export interface Machine {
  readonly platform: string;
  readonly environment: Environment;
  /** Name of the processor. */
  readonly processor: string;
  /** Names in a folder; none where it cannot be read. */
  readonly list: (folder: string) => readonly string[];
}

/**
 * Files that may hold a tuned BLAS, in the order in which they are tried. Names without a folder are looked
 * up by the system's loader.
 *
 * Intel's library comes first on Intel's processors and last on others, for which it has slower kernels.
 */
export function blasFiles(machine: Machine): string[] {
  if (machine.platform === 'darwin') return macFiles();
  const { mkl, others, folders, separator } =
    machine.platform === 'win32' ? windows(machine) : linux(machine);
  const names = /intel/i.test(machine.processor) ? [...mkl, ...others] : [...others, ...mkl];
  const inFolders = folders.flatMap((folder) => names.map((name) => `${folder}${separator}${name}`));
  return [...names, ...inFolders, ...wheelFiles(machine, separator)];
}

/** Accelerate is in the system's cache of libraries: there is no file to be found by looking. */
function macFiles(): string[] {
  return [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ];
}

interface Candidates {
  readonly mkl: readonly string[];
  readonly others: readonly string[];
  readonly folders: readonly string[];
  readonly separator: string;
}

function linux({ environment }: Machine): Candidates {
  const conda = environment['CONDA_PREFIX'];
  return {
    mkl: ['libmkl_rt.so.3', 'libmkl_rt.so.2', 'libmkl_rt.so'],
    others: [
      'libopenblas.so.0',
      'libopenblas.so',
      'libopenblas64_.so.0',
      'libopenblas64.so.0',
      'libblis.so.4',
      'libblis-mt.so.4',
      'libblis.so',
      'libblis-mt.so',
      // What the distribution's choice of a BLAS points to.
      'libblas.so.3',
    ],
    folders: [
      ...(conda ? [`${conda}/lib`] : []),
      '/usr/local/lib',
      '/opt/OpenBLAS/lib',
      '/opt/intel/oneapi/mkl/latest/lib',
      '/opt/intel/oneapi/mkl/latest/lib/intel64',
    ],
    separator: '/',
  };
}

function windows({ environment }: Machine): Candidates {
  const { CONDA_PREFIX: conda, MKLROOT: mkl } = environment;
  return {
    mkl: ['mkl_rt.3.dll', 'mkl_rt.2.dll', 'mkl_rt.dll'],
    others: ['libopenblas.dll', 'openblas.dll', 'libblis.dll', 'libblis-mt.dll'],
    folders: [...(conda ? [`${conda}\\Library\\bin`] : []), ...(mkl ? [`${mkl}\\bin`] : [])],
    separator: '\\',
  };
}

/** OpenBLAS as NumPy and SciPy bring it along, in the Python environment that is active. */
function wheelFiles({ environment, list, platform }: Machine, separator: string): string[] {
  const { VIRTUAL_ENV: root } = environment;
  if (!root) return [];
  const lib = platform === 'win32' ? `${root}\\Lib` : `${root}/lib`;
  const sites =
    platform === 'win32'
      ? [`${lib}\\site-packages`]
      : list(lib)
          .filter((name) => /^python3/.test(name))
          .map((name) => `${lib}/${name}/site-packages`);
  return sites
    .flatMap((site) => ['numpy.libs', 'scipy.libs'].map((folder) => `${site}${separator}${folder}`))
    .flatMap((folder) =>
      list(folder)
        .filter((name) => /^lib(scipy_)?openblas.*\.(so|dll)/.test(name))
        .map((name) => `${folder}${separator}${name}`),
    );
}
