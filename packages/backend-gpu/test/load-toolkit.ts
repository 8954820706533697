import koffi from 'koffi';
import { loadToolkit } from '../src/driver/load.ts';
import type { Place } from '../src/driver/places.ts';

// A program of its own for each attempt: libraries that a process has loaded are found by all that comes
// after. Arguments: folders to look in, those that the user named, those that Python names; by commas.

const [others = '', named = '', python = ''] = process.argv.slice(2);

function placesOf(list: string, isNamed: boolean): Place[] {
  return list
    .split(',')
    .filter((folder) => folder !== '')
    .map((folder) => ({ title: folder, folders: [folder], isNamed }));
}

const places = [...placesOf(others, false), ...placesOf(named, true)];
try {
  const { solver } = loadToolkit(koffi, places, 12_090, () => placesOf(python, false));
  const minor: unknown = solver.handle.func('minorVersion', 'int', [])();
  console.log(JSON.stringify({ minor, file: solver.file }));
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}
