import { formatBytes } from '@agop/core';
import { formatNumber } from '@agop/report';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { availableThreads, type EngineId, type EngineSettings, engines } from '../engines/settings.ts';
import { Choice } from '../ui/field.tsx';
import type { PageEngine } from './page-engine.ts';

const memories = [256, 384, 512, 1024, 2048, 4096].map((mib) => mib * 2 ** 20);

/** What the page computes on, in a line; opened, the choices. */
export function EngineMenu({ engine }: { readonly engine: PageEngine }): JSX.Element {
  const state = engine.state.value;
  const settings = engine.settings.value;
  const { threads } = settings;
  const { label, hasSettings } = engines[settings.engine];
  const count = (n: number): string => (n === 1 ? '1 thread' : `${n} threads`);
  const running = state.kind === 'ready' ? state.facts.threads : threads;
  const short = state.kind === 'failed' ? 'No engine' : hasSettings ? `${label}, ${count(running)}` : label;
  return (
    <details class="engine-menu">
      <summary>
        <span class={`lamp ${state.kind}`} aria-hidden="true" />
        {short}
      </summary>
      <div class="menu-body">
        <Facts engine={engine} />
        <Choices engine={engine} settings={settings} />
      </div>
    </details>
  );
}

function Facts({ engine }: { readonly engine: PageEngine }): JSX.Element {
  const state = engine.state.value;
  const used = useSignal<string>('');
  useEffect(() => {
    const timer = setInterval(async () => {
      // While something is computed the worker answers late, so that it is not asked.
      if (engine.busy.peek() !== undefined) return;
      const memory = await engine.memory().catch(() => undefined);
      used.value = memory
        ? `${formatBytes(memory.bytes)} in use, ${formatBytes(memory.peakBytes)} at most so far`
        : '';
    }, 1000);
    return () => clearInterval(timer);
  }, [engine, used]);
  if (state.kind === 'failed') return <p class="failure">{state.message}</p>;
  const { maximumBytes, engine: chosen } = engine.settings.value;
  const { hasSettings } = engines[chosen];
  const limit = state.kind === 'ready' ? state.facts.maximumBytes : maximumBytes;
  return (
    <dl>
      <dt>Runs on</dt>
      <dd>
        {state.kind === 'ready' ? state.facts.description : 'starts with the first computation'}
        {state.kind === 'ready' && `, ${formatNumber(state.facts.gigaflops, 2)} billion operations a second`}
      </dd>
      <dt>Memory</dt>
      <dd>
        {hasSettings ? `at most ${formatBytes(limit)}` : 'as much as the device has'}
        {used.value === '' ? '' : `; ${used.value}`}
      </dd>
      <dt>Page</dt>
      <dd>
        {globalThis.crossOriginIsolated
          ? 'isolated, so that threads share memory'
          : 'not isolated, so that there is one thread'}
      </dd>
    </dl>
  );
}

function Choices({
  engine,
  settings,
}: {
  readonly engine: PageEngine;
  readonly settings: EngineSettings;
}): JSX.Element {
  const isBusy = engine.busy.value !== undefined || engine.state.value.kind === 'starting';
  const change = (changed: Partial<EngineSettings>): void => {
    void engine.change({ ...settings, ...changed }).catch(() => undefined);
  };
  const { hasSettings } = engines[settings.engine];
  const present = useSignal<readonly Offer[]>([offerOf(settings.engine)]);
  useEffect(() => {
    void presentEngines().then((found) => {
      present.value = found;
    });
  }, [present]);
  const threads = Array.from({ length: availableThreads() }, (_, i) => [i + 1, String(i + 1)] as const);
  return (
    <fieldset disabled={isBusy}>
      <legend class="visually-hidden">Engine</legend>
      <Choice
        label="Engine"
        value={settings.engine}
        options={present.value}
        onChoice={(chosen) => change({ engine: chosen })}
      />
      <Choice
        label="Threads"
        value={settings.threads}
        options={threads}
        disabled={!hasSettings || !globalThis.crossOriginIsolated}
        onChoice={(count) => change({ threads: count })}
      />
      <Choice
        label="SIMD"
        value={settings.simd}
        options={levels}
        disabled={!hasSettings}
        onChoice={(simd) => change({ simd })}
      />
      <Choice
        label="Memory"
        value={settings.maximumBytes}
        options={[...new Set([...memories, settings.maximumBytes])]
          .toSorted((a, b) => a - b)
          .map((bytes) => [bytes, formatBytes(bytes)] as const)}
        disabled={!hasSettings}
        onChoice={(maximumBytes) => change({ maximumBytes })}
      />
      {!hasSettings && <p class="soft">WebGPU computes in float32.</p>}
      <p class="soft">A change starts the engine anew; models that it had are gone.</p>
    </fieldset>
  );
}

const levels = [
  ['relaxed', 'relaxed, where there is'],
  ['baseline', 'baseline'],
] as const;

type Offer = readonly [EngineId, string];

function offerOf(id: EngineId): Offer {
  return [id, engines[id].label];
}

/** The engines that this browser has. */
async function presentEngines(): Promise<readonly Offer[]> {
  const ids = Object.keys(engines).filter((id): id is EngineId => Object.hasOwn(engines, id));
  const missing = await Promise.all(ids.map((id) => engines[id].missing()));
  return ids.filter((_, i) => missing[i] === undefined).map(offerOf);
}
