import { effect, signal } from '@preact/signals';

/** What another page that has panels in it shows; undefined where panels follow the reader's system. */
export const pageScheme = signal<'light' | 'dark' | undefined>(undefined);

const system = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(system.matches);
system.addEventListener('change', () => {
  systemIsDark.value = system.matches;
});

/** Whether panels are drawn for a dark page now. */
export function isDark(): boolean {
  return pageScheme.value === undefined ? systemIsDark.value : pageScheme.value === 'dark';
}

/** Calls back whenever {@link isDark} changes. @returns what ends that */
export function onSchemeChange(change: () => void): () => void {
  let isFirst = true;
  return effect(() => {
    isDark();
    if (!isFirst) change();
    isFirst = false;
  });
}

/** A style, or the markup of charts, that follows the reader's system, for what the page shows. */
export function inPageScheme(text: string): string {
  if (pageScheme.value === undefined) return text;
  const holds = pageScheme.value === 'dark' ? '@media all' : '@media not all';
  return text.replaceAll(/@media \(prefers-color-scheme: ?dark\)/g, holds);
}
