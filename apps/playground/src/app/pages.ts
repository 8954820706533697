import type { PageEngine } from '../engine/page-engine.ts';
import type { MountedPanel } from '../ui/mounted-panel.ts';

/** A panel of the playground, loaded when it is first shown. */
export interface Page {
  /** In the address, after `#`. */
  readonly id: string;
  readonly label: string;
  readonly title: string;
  /** What is to be seen, in a sentence or two. */
  readonly lead: string;
  load(): Promise<(element: HTMLElement, options: { readonly engine: PageEngine }) => MountedPanel>;
}

/** The panels in their order; the first one is the start page. */
export const pages: readonly Page[] = [
  {
    id: 'table',
    label: 'Your table',
    title: 'A model that finds its features',
    lead: 'Open a table, and see which columns matter, alone and together. Everything is computed on this device; nothing is uploaded.',
    load: async () => (await import('../table/panel.tsx')).mountTablePanel,
  },
];
