// A server with a model: POST /predict { "x": [[…], …] } answers { "y": […] }, and in "outside" which rows
// lie outside of what the model was fitted on, and why, where it tells. A model of a table takes rows by the
// names of its columns, too: { "rows": [{ "area": 120 }, …] }, or CSV with a header as text/csv. GET /healthz
// says whether it works.
//
//   node -C @agop/source examples/http-server.ts model.safetensors 8080
//
// Without arguments it fits a model, saves it, serves it on a free port, asks itself, and ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { randomArray } from '@agop/core';
import { ModelWorker, PredictionQueue } from '@agop/serve';
import { answer, answerError, Refusal } from './http-server/answers.ts';
import type { models } from './http-server/model.worker.ts';
import { readSamples } from './http-server/samples.ts';

/** Serves the model of a file until `stop` is called. */
async function serve(file: string, port: number) {
  const worker = new ModelWorker<typeof models>(
    new Worker(new URL('./http-server/model.worker.ts', import.meta.url)),
  );
  const model = await worker.make('saved', file);
  const queue = new PredictionQueue(model, { waitingRows: 20_000 });
  let isStopping = false;

  const server = createServer(async (request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const { method, url } = request;
      if (url === '/healthz') {
        const status = isStopping ? 'stopping' : 'ok';
        answer(response, isStopping ? 503 : 200, { status, waitingRows: queue.waitingRows });
      } else if (url !== '/predict') throw new Refusal(404, 'There are /predict and /healthz.');
      else if (method !== 'POST') throw new Refusal(405, 'Use POST.');
      else {
        const x = await readSamples(request, model);
        const options = { signal: gone.signal };
        const [y, rows] = await Promise.all([queue.predict(x, options), queue.extrapolation(x, options)]);
        const outside = rows?.flatMap(({ outside: isOutside, ...why }, row) =>
          isOutside ? [{ row, ...why }] : [],
        );
        answer(response, 200, { y: [...y], ...(outside && { outside }) });
      }
    } catch (error) {
      answerError(response, error);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  /** Takes no more connections, answers what has been asked, then ends the worker. */
  const stop = async (): Promise<void> => {
    isStopping = true;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeIdleConnections();
    });
    worker.dispose();
  };
  return { url: `http://127.0.0.1:${portOf(server)}`, stop };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A model to try the server with, in a file. */
async function saveModel(file: string): Promise<void> {
  using worker = new ModelWorker<typeof models>(
    new Worker(new URL('./http-server/model.worker.ts', import.meta.url)),
  );
  using model = await worker.make('fresh');
  const x = Array.from({ length: 400 }, (_, i) => [...randomArray(4, 'normal', { seed: i }, 'float64')]);
  await model.fit(
    x,
    x.map(([a = 0, b = 0]) => a * b),
  );
  await model.save(file);
}

/** Asks the server what clients ask, good and bad. */
async function tryOut(url: string): Promise<void> {
  const post = async (body: string, type = 'application/json'): Promise<[number, unknown]> => {
    const headers = { 'content-type': type };
    const response = await fetch(`${url}/predict`, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  };
  console.log('GET /healthz', await (await fetch(`${url}/healthz`)).json());
  const many = Array.from({ length: 200 }, (_, i) => post(JSON.stringify({ x: [[i / 100, 1, 0, 0]] })));
  const answers = await Promise.all(many);
  console.log(`${answers.filter(([status]) => status === 200).length} of 200 requests answered together`);
  const bodies = [
    '{ "x": [[0, 1, 0, 0], [99, 1, 0, 0]] }',
    '{ "rows": [{ "x3": 0, "x2": 0, "x1": 1, "x0": 0 }] }',
    '{ "x": [[1, 2]] }',
    '{ "x": [[1, 2, 3, "four"]] }',
    '{ "x": 5 }',
    'not JSON',
  ];
  for (const body of bodies) {
    const [status, content] = await post(body);
    console.log(status, JSON.stringify(content));
  }
  const [status, content] = await post('x0,x1,x2,x3\n0,1,0,0\n', 'text/csv');
  console.log(status, JSON.stringify(content));
}

const [file, port] = process.argv.slice(2);
if (file !== undefined) {
  const { url, stop } = await serve(file, Number(port ?? 8080));
  console.log(`${url}/predict answers`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'agop-server-'));
  await saveModel(join(folder, 'model.safetensors'));
  const { url, stop } = await serve(join(folder, 'model.safetensors'), 0);
  await tryOut(url);
  await stop();
  await rm(folder, { recursive: true });
  console.log('stopped');
}
