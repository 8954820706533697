import { randomArray, StorageError } from '@agop/core';
import { type Rows, takeRows } from '@agop/estimators';
import { hasSwift, type OwnObjectStorage, startSwift } from '@agop/test-support/object-storage';
import { serverProgram, startRedis } from '@agop/test-support/redis';
import { queueExecutor, startWorker } from '@agop/workers';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RowsPublisher } from '../src/rows/publish.ts';
import { RowsReader } from '../src/rows/rows-reader.ts';
import { openRoots, openShared } from '../src/storage/open.ts';
import { isLong } from './long.ts';
import { engine } from './place.ts';
import { leaderboard, madeTable } from './table.ts';

// Part of `pnpm check:workers`, with the storage of Debian's packages swift-proxy, swift-object,
// swift-container and swift-account.
describe.skipIf(!isLong || !hasSwift)('rows in a bucket of OpenStack Swift, by its interface of S3', () => {
  let storage: OwnObjectStorage | undefined;
  let client: S3Client | undefined;
  const shared = 's3://rows/of/fits';
  const s3 = () => ({ endpoint: storage?.endpoint });
  const reader = async (root: string) => new RowsReader(await openRoots([root], s3()), 0);
  const x: Rows = { data: randomArray(60_000, 'normal', { seed: 1 }, 'float64'), rows: 20_000, columns: 3 };

  beforeAll(async () => {
    storage = await startSwift();
    process.env['AWS_ACCESS_KEY_ID'] = storage.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = storage.secretAccessKey;
    client = new S3Client({ endpoint: storage.endpoint, forcePathStyle: true, region: 'us-east-1' });
    await client.send(new CreateBucketCommand({ Bucket: 'rows' }));
  }, 150_000);
  afterAll(async () => {
    client?.destroy();
    await storage?.stop();
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
  });

  test('what a driver publishes, a worker reads: all of it, or chosen rows', async () => {
    const publisher = new RowsPublisher(await openShared(shared, s3()));
    const all = await publisher.publish(x);
    expect(all.url).toBe(`${shared}/${all.hash}.rows`);
    expect((await (await reader(shared)).read(all)).data).toEqual(x.data);
    const chosen = takeRows(x, Int32Array.of(19_999, 0, 7));
    const reference = await publisher.publish(chosen);
    expect(reference.url).toBe(all.url);
    expect((await (await reader(shared)).read(reference)).data).toEqual(chosen.data);
  });

  test('a worker reads below its prefix alone', async () => {
    const other = await new RowsPublisher(await openShared('s3://rows/other', s3())).publish(x);
    await expect((await reader(shared)).read(other)).rejects.toThrow(
      'this worker reads only below s3://rows/of/fits',
    );
    const beside = await new RowsPublisher(await openShared('s3://rows/of/fits-2', s3())).publish(x);
    await expect((await reader(shared)).read(beside)).rejects.toThrow('reads only below');
  });

  test('objects that were exchanged or removed, and buckets that are not there, are said', async () => {
    const published = await new RowsPublisher(await openShared(shared, s3())).publish(
      takeRows(x, Int32Array.of(1)),
    );
    const body = (text: string) =>
      client?.send(new PutObjectCommand({ Bucket: 'rows', Key: 'of/fits/changed.rows', Body: text }));
    await body('x,y\n1,2\n');
    await expect(
      (await reader(shared)).read({ ...published, url: `${shared}/changed.rows` }),
    ).rejects.toThrow(/header/);
    const missing = (await reader(shared)).read({ ...published, url: `${shared}/none.rows` });
    await expect(missing).rejects.toThrow(StorageError);
    await expect(missing).rejects.toThrow('The specified key does not exist');
    const nowhere = new RowsPublisher(await openShared('s3://no-such-bucket', s3())).publish(x);
    await expect(nowhere).rejects.toThrow(StorageError);
    await expect(nowhere).rejects.toThrow('The specified bucket does not exist');
  });

  test.skipIf(serverProgram === undefined)(
    'a fit whose rows lie there gives the same as one in this process',
    async () => {
      const redis = await startRedis();
      try {
        const table = madeTable(300);
        const here = await leaderboard(table, undefined);
        const worker = await startWorker({ redis: redis.url, roots: [shared], s3: s3(), engine });
        using executor = await queueExecutor({ redis: redis.url, shared, s3: s3() });
        expect(await leaderboard(table, executor)).toEqual(here);
        expect(await executor.state()).toMatchObject({ open: 0, quarantined: 0 });
        await executor.close();
        await worker.stop();
      } finally {
        await redis.stop();
      }
    },
    120_000,
  );
});
