import { checkMembers, checkRange, type MemberKind } from '@agop/core/options';
import { divergingRamp, seriesColors } from '../color/palette.ts';
import { escapeMarkup } from './text.ts';

/** Background a chart is drawn for. `auto` follows the reader's setting. */
export type Theme = 'auto' | 'light' | 'dark';

/** What every chart takes. */
export interface ChartOptions {
  /** Short name of the chart; read out by screen readers. */
  readonly title: string;
  /** What the chart shows, in a sentence or two; read out by screen readers. */
  readonly description?: string;
  /** Width of the drawing in CSS pixels. Default 480. */
  readonly width?: number;
  /** Background the chart is drawn for. Default `auto`. */
  readonly theme?: Theme;
}

export const defaultWidth = 480;
/** Size of texts in a drawing that is not scaled, and the least that pages show, in CSS pixels. */
const [fontSize, leastFontSize] = [12, 11];
/** No side of a chart is longer, in CSS pixels. */
const longestSide = 100_000;

/**
 * Checks the options of a chart: what every chart takes, and its own.
 *
 * @throws {OptionError} for unknown names, and for values of another kind
 */
export function checkChart(what: string, options: object, kinds: Readonly<Record<string, MemberKind>>): void {
  checkMembers(what, options, {
    title: 'text',
    description: 'text?',
    width: 'number?',
    theme: 'text?',
    ...kinds,
  });
  for (const name of ['width', 'height']) {
    const length: unknown = Reflect.get(options, name);
    if (typeof length === 'number') checkRange(name, length, 0, longestSide);
  }
}

const fontFamily = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

/** Colour of series `i`, as a reference to the style of {@link frameSvg}. */
export function seriesColor(i: number): string {
  const n = i % seriesColors.light.length;
  return `var(--agop-${n}, ${seriesColors.light[n]})`;
}

/** Whether another series has the color of series `i`, which is then to differ otherwise. */
export function isRepeated(i: number): boolean {
  return i >= seriesColors.light.length;
}

/** Colours for signed bars, away from the pale middle of the diverging ramp. */
export const signColors = {
  negative: `var(--agop-negative, ${divergingRamp.light[1]})`,
  positive: `var(--agop-positive, ${divergingRamp.light[8]})`,
} as const;

/**
 * A whole SVG element around `body`: accessible (title and description), scaling down with its container, and
 * with its own light and dark colours. Its property `--agop-least` is the width below which its texts would
 * be too small to read: pages scroll a chart there.
 *
 * @param body SVG markup, trusted
 */
export function frameSvg(width: number, height: number, body: string, options: ChartOptions): string {
  const theme = options.theme ?? 'auto';
  const title = escapeMarkup(options.title);
  const description = escapeMarkup(options.description ?? '');
  const least = Math.ceil((width * leastFontSize) / fontSize);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" class="agop-chart agop-${theme}" ` +
    `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-label="${title}" ` +
    `fill="currentColor" font-family="${fontFamily}" font-size="${fontSize}" ` +
    `style="max-width:100%;height:auto;--agop-least:${least}px">` +
    `<title>${title}</title>${description === '' ? '' : `<desc>${description}</desc>`}` +
    `<style>${styles[theme]}</style>${body}</svg>`
  );
}

function variables(mode: 'light' | 'dark'): string {
  const series = seriesColors[mode].map((color, i) => `--agop-${i}:${color}`);
  const [low, high, ink, faint] =
    mode === 'light'
      ? [divergingRamp.light[1], divergingRamp.light[8], '#1f2328', '#d7dbe0']
      : [divergingRamp.dark[1], divergingRamp.dark[8], '#e4e7eb', '#3a4048'];
  return [
    ...series,
    `--agop-negative:${low}`,
    `--agop-positive:${high}`,
    `--agop-faint:${faint}`,
    `color:${ink}`,
  ].join(';');
}

/**
 * Everything outside `.agop-chart` is left alone, since the style of an SVG inside a page holds for the page.
 */
function chartStyle(theme: Theme): string {
  const name = `.agop-chart.agop-${theme}`;
  const base = `${name}{${variables(theme === 'dark' ? 'dark' : 'light')};background:transparent;overflow:visible}`;
  const pictures = '.agop-chart image{image-rendering:pixelated}.agop-chart text{white-space:pre}';
  const [shown, hidden] = theme === 'dark' ? ['dark', 'light'] : ['light', 'dark'];
  const variants = `${name} .agop-on-${hidden}{display:none}`;
  if (theme !== 'auto') return base + pictures + variants;
  const dark = `${name}{${variables('dark')}}${name} .agop-on-${hidden}{display:inline}${name} .agop-on-${shown}{display:none}`;
  return `${base}${pictures}${variants}@media (prefers-color-scheme:dark){${dark}}`;
}

const styles = { auto: chartStyle('auto'), light: chartStyle('light'), dark: chartStyle('dark') } as const;
