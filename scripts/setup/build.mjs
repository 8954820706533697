import { writeDeclarations } from './declarations.mjs';
import { SetupError } from './error.mjs';
import { capture } from './process.mjs';
import { filesUnder, hashOf, isUpToDate, writeStamp } from './stamp.mjs';
import { step } from './step.mjs';
import { root, withDependencies, workspacePackages } from './workspace.mjs';

const shared = [
  'pnpm-lock.yaml',
  'turbo.json',
  'tsconfig.base.json',
  'tsconfig.declarations.json',
  'tsup.base.ts',
];
const sources = ['package.json', 'tsconfig.json', 'tsup.config.ts', 'src', 'assembly', 'codegen'];
const outputs = ['dist', 'src/generated'];

/**
 * Builds everything there is to publish, or only what the program runs on, unless sources and outputs are as
 * the last build left them. turbo then rebuilds only what changed.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {'program' | 'everything'} extent
 */
export async function build(env, extent) {
  const packages = workspacePackages();
  const wanted = (extent === 'program' ? withDependencies(packages, '@agop/cli') : packages).filter(
    (p) => p.folder !== '.' && p.manifest.scripts?.build,
  );
  const paths = (/** @type {string[]} */ names) =>
    wanted.flatMap((p) => names.map((name) => `${p.folder}/${name}`));

  const isGenerated = (/** @type {string} */ path) => path.endsWith('/generated');
  const files = [...shared, ...paths(sources)].flatMap((path) => filesUnder(root, path, isGenerated));
  const hash = hashOf(root, files, paths(['']));
  const stamp = `node_modules/.agop/built-${extent}.json`;
  if (isUpToDate(root, stamp, hash)) return;

  await step(extent === 'program' ? 'Building agop' : 'Building all packages', async () => {
    const some = extent === 'program' ? ['--filter=@agop/cli...'] : [];
    const args = ['run', 'build', ...some, '--output-logs=errors-only'];
    const { code, output } = await capture('turbo', args, { cwd: root, env });
    if (code !== 0) throw new SetupError('the build failed; its output is above.', { cause: output });
    // The program needs no declarations of types.
    if (extent === 'everything') await writeDeclarations(env);
  });
  writeStamp(
    root,
    stamp,
    hash,
    paths(outputs).flatMap((path) => filesUnder(root, path)),
  );
}
