import { removeForbidden } from './text.ts';

/** What the charts need of Observable Plot and a document to draw in. */
export interface Plotter {
  readonly Plot: typeof import('@observablehq/plot');
  readonly document: Document;
}

let loading: Promise<Plotter> | undefined;

/**
 * Loads Observable Plot when the first chart is drawn, so that importing this package costs nothing. A
 * browser draws in its own document, other programs in one of jsdom.
 */
export function loadPlotter(): Promise<Plotter> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Plotter> {
  const Plot = await import('@observablehq/plot');
  if (globalThis.document !== undefined) return { Plot, document: globalThis.document };
  const { JSDOM } = await import('jsdom');
  return { Plot, document: new JSDOM('').window.document };
}

/** The inner markup of what Plot drew: its own style and title are replaced by those of `frameSvg`. */
export function innerMarkup(drawn: Element): string {
  const svg = drawn.matches('svg') ? drawn : drawn.querySelector('svg');
  if (svg === null) return '';
  for (const style of svg.querySelectorAll(':scope > style')) style.remove();
  // What is inside of a picture has no names of its own for readers of screens: its title and description say
  // what it shows. Plot's names of parts (`line`, `y-axis tick label`) become classes.
  for (const part of svg.querySelectorAll('[aria-label]')) {
    const name = part.getAttribute('aria-label') ?? '';
    part.removeAttribute('aria-label');
    part.classList.add(`agop-part-${name.replaceAll(/\s+/g, '-')}`);
  }
  // Plot's texts are centered unless they say otherwise, which it says at its own root.
  return `<g text-anchor="middle">${removeForbidden(svg.innerHTML)}</g>`;
}
