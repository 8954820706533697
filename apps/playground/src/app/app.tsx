import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { EngineMenu } from '../engine/menu.tsx';
import type { PageEngine } from '../engine/page-engine.ts';
import type { MountedPanel } from '../ui/mounted-panel.ts';
import { IsolationNote } from './isolation-note.tsx';
import { type Page, pages } from './pages.ts';

const documentation = import.meta.env.VITE_DOCUMENTATION;

const current = signal(pageOfAddress());

addEventListener('hashchange', () => {
  current.value = pageOfAddress();
});

function pageOfAddress(): Page {
  const id = location.hash.slice(1);
  return pages.find((page) => page.id === id) ?? (pages[0] as Page);
}

/** The playground: a line with its panels and its engine, and the panel that is shown. */
export function App({ engine }: { readonly engine: PageEngine }): JSX.Element {
  const page = current.value;
  return (
    <>
      <header>
        <a class="brand" href="#table">
          agop
        </a>
        <nav aria-label="Panels">
          {pages.map(({ id, label }) => (
            <a key={id} href={`#${id}`} aria-current={id === page.id ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        {documentation !== undefined && (
          <a class="documentation" href={documentation}>
            Documentation
          </a>
        )}
        <EngineMenu engine={engine} />
      </header>
      <main>
        <h1>{page.title}</h1>
        <p class="lead">{page.lead}</p>
        {pages.map((one) => (
          <PanelOf key={one.id} page={one} engine={engine} isShown={one === page} />
        ))}
      </main>
      <footer>
        <IsolationNote engine={engine} />
      </footer>
    </>
  );
}

/** A panel stays as it is while another one is shown. */
function PanelOf({
  page,
  engine,
  isShown,
}: {
  readonly page: Page;
  readonly engine: PageEngine;
  readonly isShown: boolean;
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const mounted = useRef<Promise<MountedPanel> | undefined>(undefined);
  useEffect(() => {
    const element = place.current;
    if (!isShown || !element || mounted.current) return;
    mounted.current = page.load().then((mount) => mount(element, { engine }));
  }, [isShown, page, engine]);
  return <div ref={place} hidden={!isShown} class="panel-place" />;
}
