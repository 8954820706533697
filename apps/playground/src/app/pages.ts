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
  {
    id: 'grokking',
    label: 'Grokking',
    title: 'Grokking, live',
    lead: 'A kernel machine sees a part of the table of a modular operation. Its training loss is 0 from the first fit on; all of a sudden it knows the rest, too. Its metric has long been on the way.',
    load: async () => (await import('../grokking/panel.tsx')).mountGrokkingPanel,
  },
  {
    id: 'collapse',
    label: 'Collapse',
    title: 'Collapse, live',
    lead: 'A network without backpropagation: each layer is the root of an average gradient outer product and a random map. Layer by layer handwritten digits of a class become one point.',
    load: async () => (await import('../collapse/panel.tsx')).mountCollapsePanel,
  },
  {
    id: 'filters',
    label: 'Filters',
    title: 'Filters, live',
    lead: 'Small pieces of photographs, and the question which photograph each is from. What the kernel machine learns to look for in patches are edge detectors, as in the first layer of a network.',
    load: async () => (await import('../filters/panel.tsx')).mountFiltersPanel,
  },
];
