import { spawnSync } from 'node:child_process';
import { Converter, ReflectionKind } from 'typedoc';
import { workspacePackages } from './scripts/setup/workspace.mjs';

// The reference of every entry that users can import: `pnpm docs:api` writes it to dist/api.
const entryPoints = workspacePackages()
  .filter(({ folder, manifest }) => folder.startsWith('packages/') && manifest.private !== true)
  .flatMap(({ folder, manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter((path) => !path.endsWith('.json'))
      .map((path) => `${folder}/src/${path === '.' ? 'index' : path.slice(2)}.ts`),
  );

/**
 * Modules are named as they are imported: `rfm/src/settings` is `@agop/rfm/settings`.
 *
 * @param {import('typedoc').Application} app
 */
function namesOfImports(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    reflection.name = `@agop/${reflection.name.replace(/\/src$/, '').replace('/src/', '/')}`;
  });
}

/** Without a remote, as in an unpacked archive, there is nothing that links to sources could lead to. */
const hasRemote = spawnSync('git', ['remote', 'get-url', 'origin']).status === 0;

/** @type {import('typedoc').TypeDocOptions} */
export default {
  name: 'agop',
  plugin: [namesOfImports],
  entryPoints,
  tsconfig: 'tsconfig.json',
  out: 'dist/api',
  readme: 'none',
  includeVersion: false,
  disableSources: !hasRemote,
  favicon: 'apps/docs/src/theme/icon.svg',
  customCss: 'apps/docs/src/theme/reference.css',
  navigationLinks: {
    Documentation: '/__anywhere__/index.html',
    Playground: '/__anywhere__/playground/index.html',
  },
  // `tsc` checks types; here they are only shown.
  skipErrorChecking: true,
  // Properties are documented where their names and types do not say all.
  requiredToBeDocumented: ['Variable', 'Function', 'Class', 'Interface', 'TypeAlias', 'Method', 'Accessor'],
  excludePrivate: true,
  excludeInternal: true,
  treatWarningsAsErrors: true,
  validation: {
    notExported: false,
    invalidLink: true,
    notDocumented: true,
    invalidPath: false,
    rewrittenLink: true,
    unusedMergeModuleWith: true,
  },
};
