import { workspacePackages } from './scripts/setup/workspace.mjs';

// The reference of every entry that users can import: `pnpm docs:api` writes it to dist/api.
const entryPoints = workspacePackages()
  .filter(({ folder, manifest }) => folder.startsWith('packages/') && manifest.private !== true)
  .flatMap(({ folder, manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter((path) => !path.endsWith('.json'))
      .map((path) => `${folder}/src/${path === '.' ? 'index' : path.slice(2)}.ts`),
  );

/** @type {import('typedoc').TypeDocOptions} */
export default {
  name: 'agop',
  entryPoints,
  tsconfig: 'tsconfig.json',
  out: 'dist/api',
  readme: 'README.md',
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
