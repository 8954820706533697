// Panels in pages of others: the build keeps the name of this module, which such pages import.
import style from './style.css?inline';
import { inPageScheme, pageScheme } from './ui/color-scheme.ts';
import type { MountedPanel } from './ui/mounted-panel.ts';

const panels = {
  table: async () => (await import('./table/panel.tsx')).mountTablePanel,
  grokking: async () => (await import('./grokking/panel.tsx')).mountGrokkingPanel,
  collapse: async () => (await import('./collapse/panel.tsx')).mountCollapsePanel,
  filters: async () => (await import('./filters/panel.tsx')).mountFiltersPanel,
} as const;

/** A panel in another page. */
export interface EmbeddedPanel extends MountedPanel {
  /** Says what the page shows now. */
  setDark(dark: boolean): void;
}

/**
 * Shows a panel in an element of another page. Neither page's style reaches into the other one.
 *
 * @param panel `table`, `grokking`, `collapse` or `filters`
 * @throws {Error} for another panel
 */
export async function embedPanel(
  host: HTMLElement,
  panel: string,
  { dark }: { readonly dark: boolean },
): Promise<EmbeddedPanel> {
  const load = Object.entries(panels).find(([name]) => name === panel)?.[1];
  if (!load) throw new Error(`There is no panel ${panel}; there are ${Object.keys(panels).join(', ')}.`);
  const mount = await load();
  const inside = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const place = document.createElement('div');
  place.className = 'embedded';
  const sheet = document.createElement('style');
  inside.replaceChildren(sheet, place);
  const setDark = (isDark: boolean): void => {
    pageScheme.value = isDark ? 'dark' : 'light';
    sheet.textContent = inPageScheme(style);
    host.style.colorScheme = pageScheme.value;
  };
  setDark(dark);
  // The page says by itself what is to be seen; the whole report stands in the playground.
  const mounted = mount(place, { report: false });
  return { setDark, dispose: () => mounted.dispose() };
}
