import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../pages/site-path.ts';
import { pictureFolder, themed } from './pictures.ts';

/** What the server of pages in work has to do with: handlers of requests. */
interface Server {
  readonly middlewares: {
    use(
      path: string,
      handle: (
        request: { readonly url?: string | undefined },
        response: { setHeader(name: string, value: string): unknown; end(text: string): unknown },
        next: () => void,
      ) => void,
    ): unknown;
  };
}

/** Answers for pictures while pages are in work; a build has them as files. */
export function servePictures(): { readonly name: string; configureServer(server: Server): void } {
  return {
    name: 'agop-pictures',
    configureServer(server) {
      server.middlewares.use(`/${pictureFolder}`, (request, response, next) => {
        const [, name, theme] = /^\/([\w./-]+)\.(light|dark)\.svg$/.exec(request.url ?? '') ?? [];
        if (name === undefined || name.includes('..')) return next();
        response.setHeader('content-type', 'image/svg+xml');
        const svg = readFileSync(join(root, 'apps/docs', `${name}.svg`), 'utf8');
        response.end(themed(svg, theme === 'dark' ? 'dark' : 'light'));
      });
    },
  };
}
