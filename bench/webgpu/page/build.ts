import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const folder = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../../../dist/bench-webgpu/', import.meta.url));

/** Builds the page as one file, which needs no server of ours. */
export async function buildPage(): Promise<string> {
  const [output] = [
    await build({
      root: folder,
      configFile: false,
      logLevel: 'warn',
      resolve: { conditions: ['@agop/source', 'browser', 'module', 'import', 'default'] },
      esbuild: { target: 'es2022' },
      build: {
        write: false,
        target: 'es2022',
        lib: { entry: `${folder}page.ts`, formats: ['es'], fileName: 'page' },
        rolldownOptions: { output: { codeSplitting: false } },
      },
    }),
  ].flat();
  const chunks = output && 'output' in output ? output.output : [];
  const [code] = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? [chunk.code] : []));
  if (code === undefined) throw new Error('The page was not built.');
  const html = readFileSync(`${folder}index.html`, 'utf8');
  const inline = `<script type="module">${code.replaceAll('</script', '<\\/script')}</script>`;
  mkdirSync(target, { recursive: true });
  const file = `${target}index.html`;
  writeFileSync(
    file,
    html.replace(/<script type="module".*<\/script>/, () => inline),
  );
  return file;
}

/** Serves it on this machine, with the headers that give the processor its threads. */
export async function servePage(file: string): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(8090, '127.0.0.1', resolve));
  console.log('It is served at http://127.0.0.1:8090');
}
