import type { PageOptions } from '@agop/report';
import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { Blocks } from './blocks.tsx';

/** The report of a result, as the program writes it; nothing while there is none. */
export function PageSections<R>({
  result,
  make,
}: {
  readonly result: ReadonlySignal<R | undefined>;
  readonly make: (result: R) => Promise<PageOptions>;
}): JSX.Element | null {
  const page = useSignal<PageOptions | undefined>(undefined);
  useSignalEffect(() => {
    const shown = result.value;
    page.value = undefined;
    if (shown === undefined) return;
    void make(shown).then((made) => {
      if (result.peek() === shown) page.value = made;
    });
  });
  if (!page.value) return null;
  const { intro = [], sections } = page.value;
  return (
    <div class="results">
      <h2>{page.value.title}</h2>
      <Blocks blocks={intro} />
      {sections.map(({ heading, blocks }) => (
        <section key={heading}>
          <h3>{heading}</h3>
          <Blocks blocks={blocks} />
        </section>
      ))}
    </div>
  );
}
