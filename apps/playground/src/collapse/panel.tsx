import digits from '@agop/examples/data/digits.csv.gz?url';
import type { CollapseLayer, CollapsePlane, CollapseRunResult } from '@agop/experiments/collapse';
import { formatNumber, formatPercent, seriesColors } from '@agop/report';
import { signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import { type PageEngine, pageEngine } from '../engine/page-engine.ts';
import type { PanelOptions } from '../engine/panel-options.ts';
import { Run } from '../engine/run.ts';
import { RunBar } from '../engine/run-bar.tsx';
import { isSmallDevice } from '../engines/settings.ts';
import { Choice } from '../ui/field.tsx';
import { Film } from '../ui/film.ts';
import { FilmView } from '../ui/film-view.tsx';
import { LiveBlocks, liveChartWidth } from '../ui/live-blocks.tsx';
import type { MountedPanel } from '../ui/mounted-panel.ts';
import { Numbers } from '../ui/numbers.tsx';
import { PageSections } from '../ui/page-sections.tsx';

const samples = [200, 500, 1000, 1437] as const;
const depths = [4, 6, 10] as const;

/** Shows the panel of neural collapse in an element. */
export function mountCollapsePanel(element: HTMLElement, options: PanelOptions = {}): MountedPanel {
  const { engine = pageEngine(), report = true } = options;
  const state = new CollapseState(engine);
  render(<CollapsePanel state={state} report={report} />, element);
  return { dispose: () => render(null, element) };
}

class CollapseState {
  readonly run: Run;
  readonly samples = signal<(typeof samples)[number]>(isSmallDevice() ? 200 : 500);
  readonly depth = signal<(typeof depths)[number]>(isSmallDevice() ? 6 : 10);
  readonly film = new Film<CollapsePlane>();
  readonly layers = signal<readonly CollapseLayer[] | undefined>(undefined);
  readonly result = signal<CollapseRunResult | undefined>(undefined);
  readonly #engine: PageEngine;

  constructor(engine: PageEngine) {
    this.#engine = engine;
    this.run = new Run(engine);
  }

  async start(): Promise<void> {
    await this.run.start('collapse', async (abort, tell) => {
      tell({ fraction: 0, text: 'Starting' });
      const response = await fetch(digits, { signal: abort });
      if (!response.ok) throw new Error(`The digits could not be loaded (${response.status}).`);
      const bytes = await response.arrayBuffer();
      const session = await (await this.#engine.worker()).make('collapse');
      this.film.clear();
      this.layers.value = undefined;
      this.result.value = undefined;
      const request = {
        bytes,
        name: 'digits',
        samples: this.samples.value,
        depth: this.depth.value,
        width: 512,
        seed: 0,
      };
      try {
        this.result.value = await session.run(request, {
          signal: abort,
          onPlane: (plane) => this.film.add(plane),
          onLayer: (layer, depth) => {
            this.layers.value = [...(this.layers.value ?? []), layer];
            tell({ fraction: layer.layer / (depth + 1), text: `Layer ${layer.layer} of ${depth}` });
          },
        });
      } finally {
        session.dispose();
      }
    });
  }
}

function CollapsePanel({
  state,
  report,
}: {
  readonly state: CollapseState;
  readonly report: boolean;
}): JSX.Element {
  const { run, film } = state;
  return (
    <div class="panel collapse-panel">
      <div class="fields">
        <Choice
          label="Digits that train"
          value={state.samples.value}
          options={samples.map((value) => [value, String(value)] as const)}
          onChoice={(value) => {
            state.samples.value = value;
          }}
        />
        <Choice
          label="Layers"
          value={state.depth.value}
          options={depths.map((value) => [value, String(value)] as const)}
          onChoice={(value) => {
            state.depth.value = value;
          }}
        />
      </div>
      <RunBar run={run} label="Run" onStart={() => void state.start()} />
      <div class="live">
        <div>
          <FilmView
            film={film}
            draw={drawPlane}
            title="Handwritten digits as points, layer by layer: those of a class draw together"
            slider="Layer"
            size={720}
            smooth
          />
          <LayerNumbers state={state} />
        </div>
        <LiveBlocks source={state.layers} make={curveBlocks} />
      </div>
      {report && <PageSections result={state.result} make={pageOf} />}
    </div>
  );
}

async function curveBlocks(layers: readonly CollapseLayer[]) {
  const { collapseCurve } = await import('@agop/experiments/collapse');
  return [await collapseCurve(layers, liveChartWidth)];
}

async function pageOf(result: CollapseRunResult) {
  const { collapsePage } = await import('@agop/experiments/collapse');
  return collapsePage(result);
}

function LayerNumbers({ state: { film, layers } }: { readonly state: CollapseState }): JSX.Element {
  const at = Math.round(film.position.value);
  const known = layers.value ?? [];
  const layer = known[at - 1];
  const nc1 = at === 0 ? known[0]?.nc1.input : layer?.nc1.projected;
  const facts: readonly (readonly [string, string])[] = [
    ['NC1, scatter in classes to that of means', nc1 === undefined ? '–' : formatNumber(nc1, 3)],
    ['held-out accuracy', layer ? formatPercent(layer.accuracy) : '–'],
  ];
  return <Numbers facts={facts} />;
}

/** Half of the width of what is shown, in units of the spread of the class means. */
const reach = 2.6;

/** How far above the mean of a class its name stands, in pixels. */
const labelRise = 26;

/** Points of a depth, or on their way to the next one, with the names of the classes at their means. */
function drawPlane(
  context: CanvasRenderingContext2D,
  { points, classes }: CollapsePlane,
  to: CollapsePlane,
  part: number,
  dark: boolean,
): void {
  const { width, height } = context.canvas;
  const colors = seriesColors[dark ? 'dark' : 'light'];
  // Fast at first, then slowing down.
  const share = part * (2 - part);
  const scale = width / (2 * reach);
  const place = (at: number): number => {
    const value = points[at] ?? 0;
    return value + share * ((to.points[at] ?? value) - value);
  };
  const means = new Map<number, { x: number; y: number; count: number }>();
  context.clearRect(0, 0, width, height);
  for (const [i, own] of classes.entries()) {
    const x = width / 2 + scale * place(2 * i);
    const y = height / 2 - scale * place(2 * i + 1);
    context.fillStyle = colors[own % colors.length] ?? 'gray';
    context.globalAlpha = 0.6;
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.fill();
    const mean = means.get(own) ?? { x: 0, y: 0, count: 0 };
    means.set(own, { x: mean.x + x, y: mean.y + y, count: mean.count + 1 });
  }
  context.globalAlpha = 1;
  context.font = '600 26px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 6;
  for (const [own, { x, y, count }] of means) {
    context.strokeStyle = dark ? '#171b1f' : '#f6f8fa';
    context.fillStyle = dark ? '#e4e7eb' : '#1f2328';
    // Above the mean, so that the points are seen.
    context.strokeText(String(own), x / count, y / count - labelRise);
    context.fillText(String(own), x / count, y / count - labelRise);
  }
}
