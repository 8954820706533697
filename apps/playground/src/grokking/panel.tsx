import type { Course, GrokkingRunResult } from '@agop/experiments/grokking';
import { formatNumber, formatPercent, rasterPixels } from '@agop/report';
import { computed, signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import { type PageEngine, pageEngine } from '../engine/page-engine.ts';
import type { PanelOptions } from '../engine/panel-options.ts';
import { Run } from '../engine/run.ts';
import { RunBar } from '../engine/run-bar.tsx';
import { Choice } from '../ui/field.tsx';
import { Film } from '../ui/film.ts';
import { FilmView } from '../ui/film-view.tsx';
import { LiveBlocks, liveChartWidth } from '../ui/live-blocks.tsx';
import type { MountedPanel } from '../ui/mounted-panel.ts';
import { Numbers } from '../ui/numbers.tsx';
import { PageSections } from '../ui/page-sections.tsx';
import type { GrokkingFrame } from '../worker/grokking-session.ts';

const moduli = [13, 17, 23, 31, 43, 61] as const;
const operations = [
  ['+', 'x + y'],
  ['-', 'x − y'],
  ['*', 'x · y'],
  ['/', 'x / y'],
] as const;
const fractions = [0.3, 0.4, 0.5, 0.6, 0.75] as const;
const lengths = [14, 29, 44] as const;

/** Shows the panel of modular arithmetic in an element. */
export function mountGrokkingPanel(element: HTMLElement, options: PanelOptions = {}): MountedPanel {
  const { engine = pageEngine(), report = true } = options;
  const state = new GrokkingState(engine);
  render(<GrokkingPanel state={state} report={report} />, element);
  return { dispose: () => render(null, element) };
}

class GrokkingState {
  readonly run: Run;
  readonly operation = signal<(typeof operations)[number][0]>('+');
  readonly p = signal<(typeof moduli)[number]>(31);
  readonly fraction = signal<(typeof fractions)[number]>(0.6);
  readonly iterations = signal<(typeof lengths)[number]>(29);
  readonly film = new Film<GrokkingFrame>();
  /** Pixels of the metric that is shown. */
  readonly order = signal(62);
  readonly result = signal<GrokkingRunResult | undefined>(undefined);
  /** What has been shown so far, for the charts. */
  readonly course = computed<Course | undefined>(() => {
    const frames = this.film.frames.value;
    const [first] = frames;
    return (
      first && {
        p: first.order / 2,
        operations: first.operations,
        iterations: frames.map(({ measures }) => measures),
      }
    );
  });
  readonly #engine: PageEngine;

  constructor(engine: PageEngine) {
    this.#engine = engine;
    this.run = new Run(engine);
  }

  async start(): Promise<void> {
    await this.run.start('grokking', async (abort, tell) => {
      tell({ fraction: 0, text: 'Starting' });
      const session = await (await this.#engine.worker()).make('grokking');
      this.film.clear();
      this.result.value = undefined;
      this.order.value = 2 * this.p.value;
      const request = {
        operation: this.operation.value,
        p: this.p.value,
        fraction: this.fraction.value,
        iterations: this.iterations.value,
        seed: 0,
      };
      try {
        this.result.value = await session.run(request, {
          signal: abort,
          onFrame: (frame) => {
            this.film.add(frame);
            const { iteration } = frame.measures;
            tell({
              fraction: (iteration + 1) / frame.planned,
              text: `Iteration ${iteration} of ${frame.planned - 1}`,
            });
          },
        });
      } finally {
        session.dispose();
      }
    });
  }
}

function GrokkingPanel({
  state,
  report,
}: {
  readonly state: GrokkingState;
  readonly report: boolean;
}): JSX.Element {
  const { run, film, operation, p, fraction, iterations } = state;
  return (
    <div class="panel grokking-panel">
      <div class="fields">
        <Choice
          label="Learn"
          value={operation.value}
          options={operations}
          onChoice={(value) => {
            operation.value = value;
          }}
        />
        <Choice
          label="modulo"
          value={p.value}
          options={moduli.map((value) => [value, String(value)] as const)}
          onChoice={(value) => {
            p.value = value;
          }}
        />
        <Choice
          label="from"
          value={fraction.value}
          options={fractions.map((value) => [value, `${Math.round(100 * value)} % of the table`] as const)}
          onChoice={(value) => {
            fraction.value = value;
          }}
        />
        <Choice
          label="in"
          value={iterations.value}
          options={lengths.map((value) => [value, `${value} updates`] as const)}
          onChoice={(value) => {
            iterations.value = value;
          }}
        />
      </div>
      <RunBar run={run} label="Run" onStart={() => void state.start()} />
      <div class="live">
        <div>
          <FilmView
            film={film}
            draw={drawMetric}
            title="The metric as it changes: two blocks of residues, whose stripes appear as the machine learns"
            slider="Iteration"
            size={state.order.value}
            smooth={false}
          />
          <FrameNumbers state={state} />
        </div>
        <LiveBlocks source={state.course} make={seenBlocks} />
      </div>
      {report && <PageSections result={state.result} make={pageOf} />}
    </div>
  );
}

async function seenBlocks(course: Course) {
  const { grokkingSeen } = await import('@agop/experiments/grokking');
  const { blocks } = await grokkingSeen(course, [], liveChartWidth);
  return blocks.filter(({ kind }) => kind === 'figure');
}

async function pageOf(result: GrokkingRunResult) {
  const { grokkingPage } = await import('@agop/experiments/grokking');
  return grokkingPage(result);
}

function FrameNumbers({ state: { film } }: { readonly state: GrokkingState }): JSX.Element {
  const frame = film.frames.value[Math.round(film.position.value)];
  const facts: readonly (readonly [string, string])[] = [
    ['test accuracy', frame ? formatPercent(frame.measures.testAccuracy) : '–'],
    ['test loss', frame ? formatNumber(frame.measures.testLoss, 3) : '–'],
    ['training loss', frame ? frame.measures.trainLoss.toExponential(0) : '–'],
  ];
  return <Numbers facts={facts} />;
}

/** A metric, or something between two, pixel by pixel. */
function drawMetric(
  context: CanvasRenderingContext2D,
  { picture, order }: GrokkingFrame,
  to: GrokkingFrame,
  part: number,
  dark: boolean,
): void {
  const mixed = picture.map((value, at) => {
    const next = to.picture[at] ?? value;
    return value + part * (next - value);
  });
  context.putImageData(new ImageData(rasterPixels(mixed, { ramp: 'diverging', dark }), order, order), 0, 0);
}
