import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { toolkitRoots } from '../src/driver/places.ts';

/** A program of CUDA's toolkit: on PATH, else in the usual folders. */
export function findTool(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = [...onPath, ...toolkitRoots(environment).map((root) => join(root, 'bin'))];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
