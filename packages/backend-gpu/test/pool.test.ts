import { OutOfMemoryError } from '@agop/core';
import { describe, expect, it } from 'vitest';
import type { MemorySource } from '../src/device/memory-source.ts';
import { DevicePool, sizeClass } from '../src/device/pool.ts';

/** A device with little memory, which notes what is asked of it. */
class SmallDevice implements MemorySource {
  readonly totalBytes: number;
  readonly blocks = new Map<number, number>();
  readonly log: string[] = [];
  #next = 4096;

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
  }

  take(bytes: number): number | undefined {
    this.log.push(`take ${bytes}`);
    if (bytes > this.freeBytes()) return undefined;
    this.#next += 2 ** 40;
    this.blocks.set(this.#next, bytes);
    return this.#next;
  }

  give(address: number): void {
    this.log.push(`give ${this.blocks.get(address)}`);
    this.blocks.delete(address);
  }

  settle(): void {
    this.log.push('settle');
  }

  freeBytes(): number {
    return [...this.blocks.values()].reduce((free, bytes) => free - bytes, this.totalBytes);
  }
}

describe('size classes', () => {
  it('hold what is asked for, with little waste and few sizes', () => {
    const sizes = new Set<number>();
    for (let bytes = 1; bytes < 2 ** 20; bytes += 97) {
      const size = sizeClass(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size - bytes).toBeLessThan(Math.max(512, bytes / 8));
      expect(size % 512).toBe(0);
      expect(sizeClass(size)).toBe(size);
      sizes.add(size);
    }
    expect(sizes.size).toBeLessThan(100);
  });

  it('waste at most 32 MiB of large blocks', () => {
    for (const bytes of [2 ** 31 + 1, 17.2e9, 34e9]) {
      expect(sizeClass(bytes) - bytes).toBeLessThan(2 ** 25);
    }
  });
});

describe('the pool', () => {
  it('hands freed blocks of the same class out again, the last one first', () => {
    const device = new SmallDevice(2 ** 20);
    const pool = new DevicePool(device, 'test');
    const [a, b] = [pool.allocate(1000), pool.allocate(1020)];
    pool.free(a);
    pool.free(b);
    expect([pool.allocate(600), pool.allocate(1024), pool.usedBlocks]).toEqual([b, a, 2]);
    expect(device.log).toEqual(['take 1024', 'take 1024']);
    expect(pool.allocate(3000)).not.toBe(a);
    expect(pool.reservedBytes).toBe(1024 + 1024 + 3072);
  });

  it('gives kept blocks back when memory runs out, and tries once more', () => {
    const device = new SmallDevice(10_240);
    const pool = new DevicePool(device, 'test');
    pool.free(pool.allocate(5000));
    const address = pool.allocate(8000);
    expect(address).toBeGreaterThan(0);
    expect(device.log).toEqual(['take 5120', 'take 8192', 'give 5120', 'settle', 'take 8192']);
    expect(pool.reservedBytes).toBe(8192);
  });

  it('says how much was asked and how much is free, and goes on', () => {
    const device = new SmallDevice(10_240);
    const pool = new DevicePool(device, 'test');
    const held = pool.allocate(6000);
    let error: unknown;
    try {
      pool.allocate(5000);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error).toMatchObject({ requestedBytes: 5000, availableBytes: 10_240 - 6144 });
    pool.free(held);
    expect(pool.allocate(5900)).toBe(held);
  });

  it('does not ask for more than the device has', () => {
    const device = new SmallDevice(10_240);
    const pool = new DevicePool(device, 'test');
    pool.free(pool.allocate(100));
    expect(() => pool.allocate(2 ** 55)).toThrow(OutOfMemoryError);
    expect(device.log).toEqual(['take 512']);
  });

  it('has nothing to allocate or free for empty tensors', () => {
    const device = new SmallDevice(1024);
    const pool = new DevicePool(device, 'test');
    pool.free(pool.allocate(0));
    expect(device.log).toEqual([]);
  });

  it('gives everything back at its end, and refuses what is not in use', () => {
    const device = new SmallDevice(2 ** 20);
    const pool = new DevicePool(device, 'test');
    const address = pool.allocate(100);
    pool.free(pool.allocate(3000));
    pool.close();
    expect(device.blocks.size).toBe(0);
    expect(pool.reservedBytes).toBe(0);
    expect(() => pool.free(address)).toThrow(/not in use/);
  });
});
