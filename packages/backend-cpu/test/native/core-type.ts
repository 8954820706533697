// Runs conformance cases on the library of a path, in a process of its own, as OpenBLAS reads from the
// environment which kernels it takes. Prints what it is and the cases that failed.
import { conformanceCases } from '@agop/conformance';
import { loadBlas } from '../../src/native/load.ts';
import { backendOf } from './everything.ts';

const [file = '', ...groups] = process.argv.slice(2);
const blas = loadBlas(file);
using backend = await backendOf(blas, 2);
const failures: string[] = [];
let passed = 0;
for (const { group, name, run } of conformanceCases) {
  if (!groups.includes(group)) continue;
  try {
    await run(backend);
    passed += 1;
  } catch (error) {
    failures.push(`${group}: ${name}: ${String(error)}`);
  }
}
console.log(JSON.stringify({ title: blas.title, passed, failures }));
