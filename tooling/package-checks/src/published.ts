import { workspacePackages } from '../../../scripts/setup/workspace.mjs';

/** A package of the workspace that is meant for the registry. */
export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  /** What a consumer can import: the package's name with each subpath of its `exports` that holds code. */
  readonly entries: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  /** Those of its dependencies that are packages of this workspace. */
  readonly workspaceDependencies: readonly string[];
}

export const publishedPackages: readonly PublishedPackage[] = workspacePackages()
  .filter(({ folder, manifest }) => folder.startsWith('packages/') && manifest.private !== true)
  .map(({ folder, manifest }) => ({
    name: manifest.name,
    folder,
    entries: Object.keys(manifest.exports ?? {})
      .filter((subpath) => !subpath.endsWith('.json'))
      .map((subpath) => manifest.name + subpath.slice(1)),
    scripts: manifest.scripts ?? {},
    workspaceDependencies: Object.keys(manifest.dependencies ?? {}).filter((name) =>
      name.startsWith('@agop/'),
    ),
  }));

/** A package and those of this workspace that it needs, directly or through others. */
export function withWorkspaceDependencies(name: string): PublishedPackage[] {
  const found = new Set<PublishedPackage>();
  const visit = (wanted: string): void => {
    const one = publishedPackages.find((p) => p.name === wanted);
    if (!one) throw new Error(`${wanted} is needed by a published package and is not published itself`);
    if (found.has(one)) return;
    found.add(one);
    one.workspaceDependencies.forEach(visit);
  };
  visit(name);
  return [...found];
}
