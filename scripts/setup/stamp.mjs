import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Every file under a path (a file or a folder), sorted, relative to `from`. A path that is not there has
 * none.
 *
 * @param {string} from
 * @param {string} path
 * @param {(path: string) => boolean} skip
 * @returns {string[]}
 */
export function filesUnder(from, path, skip = () => false) {
  if (skip(path) || !existsSync(join(from, path))) return [];
  if (!statSync(join(from, path)).isDirectory()) return [path];
  return readdirSync(join(from, path))
    .sort()
    .flatMap((name) => filesUnder(from, `${path}/${name}`, skip));
}

/**
 * A hash of names and contents, and of any further facts.
 *
 * @param {string} from
 * @param {string[]} files
 * @param {unknown} facts
 */
export function hashOf(from, files, facts) {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const file of files) {
    const content = readFileSync(join(from, file));
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * What a finished step left: the hash of what went in, and the files that came out.
 * The step is up to date while the hash is the same and the files are still there.
 *
 * @param {string} from
 * @param {string} stamp where the stamp lies
 * @param {string} hash
 */
export function isUpToDate(from, stamp, hash) {
  try {
    const last = JSON.parse(readFileSync(join(from, stamp), 'utf8'));
    return (
      last.hash === hash && last.outputs.every((/** @type {string} */ file) => existsSync(join(from, file)))
    );
  } catch {
    return false;
  }
}

/**
 * @param {string} from
 * @param {string} stamp
 * @param {string} hash
 * @param {string[]} outputs
 */
export function writeStamp(from, stamp, hash, outputs) {
  mkdirSync(dirname(join(from, stamp)), { recursive: true });
  writeFileSync(join(from, stamp), JSON.stringify({ hash, outputs }));
}
