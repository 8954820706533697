import type { FiltersRunResult, Photograph } from '@agop/experiments/filters';
import { block, formatPercent, imageGrid } from '@agop/report';
import { signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import china from '../../photos/china.jpg';
import flower from '../../photos/flower.jpg';
import { type PageEngine, pageEngine } from '../engine/page-engine.ts';
import type { PanelOptions } from '../engine/panel-options.ts';
import { messageOf, Run } from '../engine/run.ts';
import { RunBar } from '../engine/run-bar.tsx';
import { isSmallDevice } from '../engines/settings.ts';
import { Blocks } from '../ui/blocks.tsx';
import { DropZone } from '../ui/drop-zone.tsx';
import { Choice } from '../ui/field.tsx';
import { LiveBlocks } from '../ui/live-blocks.tsx';
import type { MountedPanel } from '../ui/mounted-panel.ts';
import { PageSections } from '../ui/page-sections.tsx';
import type { Attention, FiltersFrame } from '../worker/filters-session.ts';
import { readPhotograph } from './read-photograph.ts';
import { shareRange } from './share-range.ts';

const pieces = [30, 60, 100, 200] as const;
const patchSizes = [5, 7, 9] as const;

/** Photographs that come with the page. */
const shipped = [
  { name: 'china', url: china },
  { name: 'flower', url: flower },
] as const;

/** Shows the panel of filters in an element. */
export function mountFiltersPanel(element: HTMLElement, options: PanelOptions = {}): MountedPanel {
  const { engine = pageEngine(), report = true } = options;
  const state = new FiltersState(engine);
  void state.useShipped();
  render(<FiltersPanel state={state} report={report} />, element);
  return { dispose: () => render(null, element) };
}

class FiltersState {
  readonly run: Run;
  readonly pieces = signal<(typeof pieces)[number]>(isSmallDevice() ? 30 : 100);
  readonly patchSize = signal<(typeof patchSizes)[number]>(7);
  readonly photographs = signal<readonly (Photograph & { readonly url: string })[]>([]);
  readonly problem = signal<string | undefined>(undefined);
  readonly frames = signal<readonly FiltersFrame[] | undefined>(undefined);
  readonly attention = signal<readonly Attention[]>([]);
  readonly result = signal<FiltersRunResult | undefined>(undefined);
  readonly #engine: PageEngine;

  constructor(engine: PageEngine) {
    this.#engine = engine;
    this.run = new Run(engine);
  }

  async useShipped(): Promise<void> {
    await this.#read(
      shipped.map(({ name, url }) => async () => {
        const response = await fetch(url);
        if (!response.ok) throw new Error(`${name} could not be loaded (${response.status}).`);
        return { name, url, blob: await response.blob() };
      }),
    );
  }

  async useFiles(files: readonly File[]): Promise<void> {
    await this.#read(
      files.map((file) => async () => ({ name: file.name, url: URL.createObjectURL(file), blob: file })),
    );
  }

  async start(): Promise<void> {
    await this.run.start('filters', async (abort, tell) => {
      tell({ fraction: 0, text: 'Starting' });
      const session = await (await this.#engine.worker()).make('filters');
      this.frames.value = undefined;
      this.attention.value = [];
      this.result.value = undefined;
      const photographs = this.photographs.value.map(({ url: _, ...photograph }) => photograph);
      const request = {
        photographs,
        pieces: this.pieces.value,
        patchSize: this.patchSize.value,
        iterations: 3,
        seed: 0,
      };
      try {
        const { result, attention } = await session.run(request, {
          signal: abort,
          onProgress: (fraction, phase) => tell({ fraction, text: phaseWords[phase] ?? phase }),
          onFrame: (frame) => {
            this.frames.value = [...(this.frames.value ?? []), frame];
          },
        });
        this.result.value = result;
        this.attention.value = attention;
      } finally {
        session.dispose();
      }
    });
  }

  async #read(
    sources: readonly (() => Promise<{ readonly name: string; readonly url: string; readonly blob: Blob }>)[],
  ): Promise<void> {
    this.problem.value = undefined;
    try {
      this.photographs.value = await Promise.all(
        sources.map(async (source) => {
          const { name, url, blob } = await source();
          return { ...(await readPhotograph(name, blob)), url };
        }),
      );
      this.frames.value = undefined;
      this.attention.value = [];
      this.result.value = undefined;
    } catch (error) {
      this.problem.value = messageOf(error);
    }
  }
}

const phaseWords: Readonly<Record<string, string>> = {
  kernel: 'Comparing all pieces',
  solve: 'Fitting',
  validation: 'Scoring',
  test: 'Scoring on other pieces',
  gradients: 'Learning filters',
};

function FiltersPanel({
  state,
  report,
}: {
  readonly state: FiltersState;
  readonly report: boolean;
}): JSX.Element {
  const { run } = state;
  return (
    <div class="panel filters-panel">
      <DropZone
        label="Photographs of yours"
        hint="or drop them here, two or more. They stay on this device."
        accept="image/*"
        multiple
        onFiles={(files) => void state.useFiles(files)}
      >
        <button type="button" onClick={() => void state.useShipped()}>
          Those that come with the page
        </button>
      </DropZone>
      {state.problem.value !== undefined && (
        <p class="failure" role="alert">
          {state.problem.value}
        </p>
      )}
      <div class="photographs">
        {state.photographs.value.map(({ name, url, width, height }) => (
          <figure key={url}>
            <img src={url} alt={name} width={width} height={height} />
            <figcaption>{name}</figcaption>
          </figure>
        ))}
      </div>
      <p class="soft credit">
        The shipped photographs are sample images of scikit-learn, by danielbuechele and vultilion, CC BY 2.0.
      </p>
      <div class="fields">
        <Choice
          label="Pieces of each"
          value={state.pieces.value}
          options={pieces.map((value) => [value, String(value)] as const)}
          onChoice={(value) => {
            state.pieces.value = value;
          }}
        />
        <Choice
          label="Filters of"
          value={state.patchSize.value}
          options={patchSizes.map((value) => [value, `${value} x ${value} pixels`] as const)}
          onChoice={(value) => {
            state.patchSize.value = value;
          }}
        />
      </div>
      <RunBar
        run={run}
        label="Run"
        onStart={() => void state.start()}
        disabled={state.photographs.value.length < 2}
      />
      <LiveBlocks source={state.frames} make={frameBlocks} />
      {state.attention.value.length > 0 && (
        <section>
          <h3>What the model attends to</h3>
          <Blocks blocks={attentionBlocks(state.attention.value)} />
        </section>
      )}
      {report && <PageSections result={state.result} make={pageOf} />}
    </div>
  );
}

async function frameBlocks(frames: readonly FiltersFrame[]) {
  const { filterGrid } = await import('@agop/experiments/filters');
  return frames.map(({ filters, accuracy, tested }) => {
    const score = accuracy === undefined ? '' : `: ${scoreWords(accuracy, tested)}`;
    const what =
      filters.iteration === 0
        ? 'The fixed kernel, which sees all patches alike'
        : `Round ${filters.iteration}`;
    return block.figure(filterGrid(filters), `${what}${score}.`);
  });
}

function scoreWords(accuracy: number, tested: number): string {
  const [low, high] = shareRange(accuracy, tested).map(formatPercent);
  return `${formatPercent(accuracy)} of ${tested} other pieces are told apart rightly (90 % of such tests: ${low} to ${high})`;
}

function attentionBlocks(attention: readonly Attention[]) {
  return attention.map(({ name, image, strength, height, width }) =>
    block.figure(
      imageGrid({
        title: `${name}, and where the model looks`,
        pictures: [
          { data: image, height, width, label: name },
          { data: strength, height, width, label: 'where it looks' },
        ],
        columns: 2,
        ramp: 'gray',
        range: 'each',
        width: 980,
      }),
      'Bright where much of the patch around a pixel is left for the kernel after the learned metric: at edges and textures that tell the photographs apart.',
    ),
  );
}

async function pageOf(result: FiltersRunResult) {
  const { filtersPage } = await import('@agop/experiments/filters');
  return filtersPage(result);
}
