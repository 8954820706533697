import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's release whose `non-free` part has CUDA 12.4. */
const suite = 'trixie';

/** What of the packages is kept: libraries, tools, headers. */
const parts = {
  libraries: {
    packages: [
      'libcuda1',
      'libnvrtc12',
      'libnvrtc-builtins12.4',
      'libnvjitlink12',
      'libcublas12',
      'libcublaslt12',
      'libcusparse12',
      'libcusolver11',
    ],
    keep: ['./usr/lib/*'],
  },
  tools: { packages: ['nvidia-cuda-toolkit'], keep: ['./usr/bin/*', './usr/lib/*'] },
  headers: { packages: ['nvidia-cuda-dev', 'libcu++-dev'], keep: ['./usr/include/*'] },
} as const;

export type DebianPart = keyof typeof parts;

/**
 * Puts packages of CUDA 12.4 into a folder, by Debian's own programs and mirror, without touching the system:
 * lists, packages and files stay in the folder. What is there already is not fetched again.
 *
 * @returns the folder that stands for the root, or why it cannot be had
 */
export function debianPackages(
  folder: string,
  part: DebianPart,
): { readonly root: string } | { readonly missing: string } {
  const root = join(folder, part);
  if (existsSync(root)) return { root };
  for (const program of ['apt-get', 'dpkg-deb', 'tar']) {
    if (spawnSync(program, ['--version']).error) return { missing: `${program} is not installed` };
  }
  const source = debianSource();
  if (source === undefined) return { missing: 'the system names no mirror of Debian' };
  const work = join(folder, `${part}.partial`);
  rmSync(work, { recursive: true, force: true });
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'packages', 'root']) {
    mkdirSync(join(work, name), { recursive: true });
  }
  writeFileSync(join(work, 'sources.list'), `${source}\n`);
  writeFileSync(join(work, 'state/status'), '');
  const configuration = [
    `Dir::State "${work}/state"`,
    `Dir::State::status "${work}/state/status"`,
    `Dir::Cache "${work}/cache"`,
    `Dir::Etc::SourceList "${work}/sources.list"`,
    'Dir::Etc::SourceParts "-"',
  ];
  writeFileSync(join(work, 'apt.conf'), configuration.map((line) => `${line};\n`).join(''));
  const options = {
    cwd: join(work, 'packages'),
    env: { ...process.env, APT_CONFIG: join(work, 'apt.conf') },
    stdio: 'pipe',
  } as const;
  try {
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', ['download', '-qq', ...parts[part].packages], options);
    for (const file of readdirSync(options.cwd)) {
      const extraction = `dpkg-deb --fsys-tarfile "$1" | tar x -C "$2" --wildcards ${parts[part].keep.map((glob) => `'${glob}'`).join(' ')}`;
      execFileSync('sh', ['-c', extraction, 'sh', file, join(work, 'root')], options);
    }
    renameSync(join(work, 'root'), root);
    return { root };
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const line = said.split('\n').find((text) => text.trim() !== '') ?? 'the packages cannot be fetched';
    return { missing: line.slice(0, 200) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The line of apt's sources for CUDA, at the mirror that the system uses. */
function debianSource(): string | undefined {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder) : []).map((f) => join(folder, f)),
  ];
  const text = files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const mirror = mirrorOf(text);
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  return (
    mirror && `deb ${existsSync(keyring) ? `[signed-by=${keyring}] ` : ''}${mirror} ${suite} main non-free`
  );
}

/** The first mirror of Debian itself in apt's sources, in either of their forms. */
export function mirrorOf(sources: string): string | undefined {
  const lines = sources.split('\n').filter((line) => !line.trim().startsWith('#'));
  const words = lines.flatMap((line) => (/^(deb|URIs:)\s/.test(line) ? line.split(/\s+/) : []));
  return words.find((word) => /^https?:\/\/.*\/debian\/?$/.test(word));
}
