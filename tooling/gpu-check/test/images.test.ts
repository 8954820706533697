import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findTool } from '../../../packages/backend-gpu/test/tools.ts';
import { beyondCeilings, largest } from '../src/budget.ts';
import { batches } from '../src/compile.ts';
import { kernelResources } from '../src/cubin.ts';

const ptxas = findTool('ptxas');

/** A kernel with a block of shared memory, and a function with a stack. */
const ptx = `.version 8.0
.target sm_90
.address_size 64
.visible .entry shares(.param .u64 out) {
  .shared .align 4 .b8 tile[2048];
  .reg .b64 %rd<2>;
  .reg .b32 %r<3>;
  ld.param.u64 %rd1, [out];
  mov.u32 %r1, %tid.x;
  st.shared.u32 [tile], %r1;
  bar.sync 0;
  ld.shared.u32 %r2, [tile];
  st.global.u32 [%rd1], %r2;
  ret;
}
.visible .entry returns() { ret; }
`;

if (ptxas === undefined)
  test.skip('LEFT OUT, reading images: ptxas is neither on PATH nor in the usual folders');
else {
  test('registers and shared memory of kernels are read from their image', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agop-image-'));
    try {
      writeFileSync(join(folder, 'in.ptx'), ptx);
      execFileSync(ptxas, ['-arch=sm_90', '-o', 'out.cubin', 'in.ptx'], { cwd: folder });
      const kernels = kernelResources(readFileSync(join(folder, 'out.cubin')));
      expect(kernels.map(({ kernel }) => kernel).toSorted()).toEqual(['returns', 'shares']);
      const shares = kernels.find(({ kernel }) => kernel === 'shares');
      expect(shares?.stackBytes).toBe(0);
      // From CUDA 13 on with the kilobyte that the system reserves.
      expect([2048, 3072]).toContain(shares?.sharedBytes);
      for (const { registers } of kernels) expect(registers).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test('something else than an image is refused', () => {
  expect(() => kernelResources(new Uint8Array(64))).toThrow(/no ELF image/);
});

test('kernels beyond their ceilings are named', () => {
  const kernel = { kernel: 'reduceRows', source: 'reduce float32', sharedBytes: 2048, stackBytes: 0 };
  const compiled = (registers: number) => [
    { sources: ['reduce float32'], architecture: '9.0', kernels: [{ ...kernel, registers }] },
  ];
  expect(beyondCeilings(compiled(128))).toEqual([]);
  expect(beyondCeilings(compiled(129))).toEqual(['reduceRows (reduce float32, sm 9.0): registers 129 > 128']);
  const generated = { ...kernel, kernel: 'evaluate', registers: 200 };
  expect(beyondCeilings([{ sources: [], architecture: '9.0', kernels: [generated] }])).toEqual([
    'evaluate (reduce float32, sm 9.0): sharedBytes 2048 > 1024',
  ]);
  expect(largest(compiled(7), 'registers')).toEqual(['7 reduceRows (reduce float32, sm 9.0)']);
});

test('sources of expressions are compiled some at a time, those of the package one by one', () => {
  const own = ['a', 'b'].map((name) => ({ name, source: `__global__ void ${name}() {}` }));
  const generated = Array.from({ length: 30 }, (_, i) => ({
    name: `${i}`,
    source: '__global__ void\nevaluate(T* out)',
  }));
  const made = batches([...own, ...generated]);
  expect(made.map(({ length }) => length)).toEqual([1, 1, 12, 12, 6]);
  expect(made.flat()).toHaveLength(32);
});
