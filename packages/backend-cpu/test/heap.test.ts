import { OutOfMemoryError } from '@agop/core';
import { expect, test } from 'vitest';
import { Heap } from '../src/wasm/heap.ts';

const PAGE = 65536;

function heapOf(pages: number, maximum: number): Heap {
  return new Heap(new WebAssembly.Memory({ initial: pages, maximum }), 1000, maximum);
}

test('pieces are aligned and do not overlap', () => {
  const heap = heapOf(4, 4);
  const sizes = [0, 1, 63, 64, 65, 1000, 12345];
  const pieces = sizes.map((size) => ({ size, address: heap.allocate(size) }));
  pieces.sort((a, b) => a.address - b.address);
  for (const [i, { address, size }] of pieces.entries()) {
    expect(address % 64).toBe(0);
    const next = pieces[i + 1];
    if (next) expect(next.address).toBeGreaterThanOrEqual(address + Math.max(size, 1));
  }
});

test('freed neighbours become one piece again, in any order of freeing', () => {
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 3, 0, 2],
    [0, 2, 1, 3],
  ]) {
    const heap = heapOf(4, 4);
    const before = heap.availableBytes;
    const pieces = [1000, 2000, 3000, 4000].map((size) => heap.allocate(size));
    expect(heap.availableBytes).toBeLessThan(before);
    for (const i of order) heap.free(pieces[i] as number);
    expect(heap.availableBytes).toBe(before);
    // All of it in one piece.
    heap.free(heap.allocate(before));
  }
});

test('a hole is used again', () => {
  const heap = heapOf(4, 4);
  const first = heap.allocate(5000);
  heap.allocate(100);
  heap.free(first);
  expect(heap.allocate(5000)).toBe(first);
});

test('the memory grows, and the end of it is not handed out', () => {
  const heap = heapOf(1, 10);
  const address = heap.allocate(5 * PAGE);
  expect(heap.memory.buffer.byteLength).toBeGreaterThan(5 * PAGE);
  expect(address + 5 * PAGE).toBeLessThan(heap.memory.buffer.byteLength);
});

test('what does not fit is an OutOfMemoryError with the numbers, and the heap stays usable', () => {
  const heap = heapOf(1, 4);
  const available = heap.availableBytes;
  let thrown: unknown;
  try {
    heap.allocate(10 * PAGE);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(OutOfMemoryError);
  expect(thrown).toMatchObject({ requestedBytes: 10 * PAGE, availableBytes: available });
  expect(heap.availableBytes).toBe(available);
  heap.free(heap.allocate(available));
});

test('freeing twice, or what was never handed out, does nothing', () => {
  const heap = heapOf(1, 4);
  const before = heap.availableBytes;
  const address = heap.allocate(100);
  heap.free(address);
  heap.free(address);
  heap.free(123);
  expect(heap.availableBytes).toBe(before);
});

test('random use keeps account', () => {
  const heap = heapOf(1, 64);
  const begin = heap.availableBytes;
  const live: { address: number; size: number }[] = [];
  let state = 1;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
  for (let step = 0; step < 3000; step++) {
    if (live.length > 0 && random(2) === 0) {
      const [piece] = live.splice(random(live.length), 1);
      heap.free((piece as { address: number }).address);
    } else if (live.length < 50) {
      const size = 1 + random(40000);
      const address = heap.allocate(size);
      for (const other of live) {
        expect(address + size <= other.address || other.address + other.size <= address).toBe(true);
      }
      live.push({ address, size });
    }
  }
  for (const { address } of live) heap.free(address);
  expect(heap.availableBytes).toBe(begin);
});
