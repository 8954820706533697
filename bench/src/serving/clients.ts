// Clients in a process of their own: so many connections, on each one request after the other, one row each.
//
//   node clients.ts PORT CONNECTIONS REQUESTS
import { Agent, request } from 'node:http';
import { asked, d, m } from './problem.ts';

const [port = 0, connections = 0, requests = 0] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const bodies = Array.from({ length: m }, (_, i) =>
  JSON.stringify({ x: [Array.from(asked.subarray(i * d, i * d + d))] }),
);

function post(body: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const one = request({ port, host: '127.0.0.1', method: 'POST', path: '/predict', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    one.on('error', reject);
    one.end(body);
  });
}

const milliseconds: number[] = [];
let [next, failed] = [0, 0];
const begun = performance.now();
await Promise.all(
  Array.from({ length: connections }, async () => {
    for (let i = next++; i < requests; i = next++) {
      const start = performance.now();
      if ((await post(bodies[i % m])) !== 200) failed += 1;
      milliseconds.push(performance.now() - start);
    }
  }),
);
const seconds = (performance.now() - begun) / 1000;
milliseconds.sort((a, b) => a - b);
const quantile = (part: number): number => milliseconds[Math.floor(part * (milliseconds.length - 1))] ?? 0;
console.log(
  JSON.stringify({ perSecond: requests / seconds, p50: quantile(0.5), p99: quantile(0.99), failed }),
);
agent.destroy();
