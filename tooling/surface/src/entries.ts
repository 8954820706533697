import { root, workspacePackages } from '../../../scripts/setup/workspace.mjs';

/** Something that users can import. */
export interface Entry {
  /** As it is imported, e.g. `@agop/core/engine`. */
  readonly name: string;
  /** Folder and name of its report: `core/engine`, or `core/index` for the package itself. */
  readonly report: string;
  /** Its source, below the root of the workspace. */
  readonly source: string;
}

export { root };

/** Every entry of every published package. */
export const entries: readonly Entry[] = workspacePackages()
  .filter(({ folder, manifest }) => folder.startsWith('packages/') && manifest.private !== true)
  .flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
      if (typeof target !== 'object' || target === null || !('@agop/source' in target)) return [];
      return {
        name: manifest.name + subpath.slice(1),
        report: `${folder.slice('packages/'.length)}/${subpath.slice(2) || 'index'}`,
        source: `${folder}/${String(target['@agop/source']).slice(2)}`,
      };
    }),
  );
