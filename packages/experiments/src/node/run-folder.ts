import { createHash, type Hash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from '@agop/estimators';
import type { PartStore } from '../run-parts.ts';

/** What tells a run from others. */
export interface RunIdentity {
  /** For people, the beginning of the folder's name. */
  readonly name: string;
  /** All that decides what its parts are: settings, and data. Functions and modules are passed over. */
  readonly of: unknown;
}

/** What a folder of parts tells. */
export interface RunFolderOptions {
  /** Where the folders of runs are. Default: `runs` in $AGOP_CACHE, else in the user's cache folder. */
  readonly base?: string;
  /** Told after each file. */
  readonly onKept?: () => void;
  /** Told once, if parts cannot be kept. */
  readonly onTrouble?: (error: unknown) => void;
}

/**
 * The parts of a run in a folder of its own, a JSON file each, whole or not there. The same run finds the
 * same folder; one of other settings or other data has another. There is none before a part is kept.
 */
export class RunFolder implements PartStore {
  readonly path: string;
  readonly #base: string;
  readonly #name: string;
  readonly #options: RunFolderOptions;
  #isTroubled = false;

  constructor({ name, of }: RunIdentity, options: RunFolderOptions = {}) {
    this.#base = options.base ?? defaultBase();
    this.#name = name;
    this.path = join(this.#base, `${name}-${hashOf(of)}`);
    this.#options = options;
  }

  /** How many parts there are. */
  get count(): number {
    return partsIn(this.path).length;
  }

  /** Folders of runs of this name with other settings or data, that have parts. */
  others(): string[] {
    return namesIn(this.#base)
      .filter((one) => one.length === this.#name.length + 17 && one.startsWith(`${this.#name}-`))
      .map((one) => join(this.#base, one))
      .filter((folder) => folder !== this.path && partsIn(folder).length > 0);
  }

  /** A store for a run within this one, whose parts may be called as those of another. */
  within(name: string): PartStore {
    return {
      read: (part) => this.read(`${name}, ${part}`),
      write: (part, bytes) => this.write(`${name}, ${part}`, bytes),
    };
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return readFile(join(this.path, fileOf(name))).catch(() => undefined);
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    try {
      mkdirSync(this.path, { recursive: true });
      await writeFileAtomically(join(this.path, fileOf(name)), bytes);
    } catch (error) {
      if (!this.#isTroubled) this.#options.onTrouble?.(error);
      this.#isTroubled = true;
      return;
    }
    this.#options.onKept?.();
  }

  /** Takes the folder away: the run has ended, or begins anew. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true }).catch(() => {});
  }
}

function fileOf(name: string): string {
  return name.replaceAll(/[^\w.]+/g, '-');
}

function partsIn(folder: string): string[] {
  return namesIn(folder).filter((name) => name.endsWith('.json'));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function defaultBase(environment: NodeJS.ProcessEnv = process.env): string {
  const cache =
    environment['AGOP_CACHE'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'agop');
  return join(cache, 'runs');
}

/** A hash of a value and all that it holds. */
function hashOf(value: unknown): string {
  const hash = createHash('sha256');
  addTo(hash, value, new Set());
  return hash.digest('hex').slice(0, 16);
}

function addTo(hash: Hash, value: unknown, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null) {
    if (typeof value !== 'function') hash.update(`${typeof value} ${String(value)};`);
    return;
  }
  if (seen.has(value) || Object.prototype.toString.call(value) === '[object Module]') return;
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.byteLength};`);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return;
  }
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  hash.update(`{${entries.length}`);
  for (const [key, one] of entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${JSON.stringify(key)}:`);
    addTo(hash, one, seen);
  }
  hash.update('}');
}
