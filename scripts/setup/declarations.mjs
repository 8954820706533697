import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { SetupError } from './error.mjs';
import { capture } from './process.mjs';
import { root, workspacePackages } from './workspace.mjs';

/** Where a line names another file of its package, which ends as sources do; lines of comments apart. */
const relativeName = /(?<!^\s*(?:\*|\/\*).*)((?:from|import|import\()\s*)(['"])(\.{1,2}\/[^'"]*)\.ts\2/gm;

/**
 * Writes the declarations of all libraries into their `dist`: those of the files that `exports` lead to, and
 * of what these name. One run of the compiler for all of them, which takes a twentieth of one for each.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export async function writeDeclarations(env) {
  const folder = join(root, 'node_modules/.agop');
  mkdirSync(folder, { recursive: true });
  const written = mkdtempSync(join(folder, 'declarations-'));
  try {
    // Errors of types are told by the check of types; declarations are written all the same.
    const args = ['--project', 'tsconfig.declarations.json', '--noEmitOnError', 'false', '--outDir', written];
    const { output } = await capture('tsc', args, { cwd: root, env });
    for (const { folder: from, manifest } of workspacePackages()) {
      const sources = librarySources(manifest);
      if (sources.length === 0) continue;
      const dist = join(root, from, 'dist');
      removeDeclarations(dist);
      try {
        copyDeclarations(join(written, from, 'src'), dist, sources);
      } catch (error) {
        throw new SetupError(`declarations of ${manifest.name} are missing (${String(error)}).`, {
          cause: output,
        });
      }
    }
  } finally {
    rmSync(written, { recursive: true, force: true });
  }
}

/**
 * The sources that a published library's `exports` lead to, below its `src`.
 *
 * @param {import('./workspace.mjs').Manifest} manifest
 * @returns {string[]}
 */
function librarySources({ private: isPrivate, exports = {} }) {
  if (isPrivate) return [];
  return Object.values(exports).flatMap((target) => {
    if (typeof target !== 'object' || target === null || !('@agop/source' in target)) return [];
    return String(target['@agop/source']).replace('./src/', '');
  });
}

/**
 * @param {string} from
 * @param {string} to
 * @param {string[]} sources
 */
function copyDeclarations(from, to, sources) {
  // The set grows while it is gone through.
  const reached = new Set(sources);
  for (const source of reached) {
    const name = source.replace(/\.ts$/, '.d.ts');
    const text = readFileSync(join(from, name), 'utf8');
    for (const [, , , path] of text.matchAll(relativeName)) {
      reached.add(posix.join(posix.dirname(source), `${path}.ts`));
    }
    mkdirSync(dirname(join(to, name)), { recursive: true });
    // Every compiler finds the declarations of a program; few look for those of a source.
    writeFileSync(join(to, name), text.replaceAll(relativeName, '$1$2$3.js$2'));
  }
}

/** @param {string} dist */
function removeDeclarations(dist) {
  mkdirSync(dist, { recursive: true });
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('.d.ts')) rmSync(join(dist, path));
  }
}
