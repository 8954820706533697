import { ModelWorker } from '@agop/serve';
import { signal } from '@preact/signals';
import { defaultSettings, type EngineFacts, type EngineSettings } from '../engines/settings.ts';
import type { models } from '../worker/playground.worker.ts';

/** How it is with the engine. */
export type EngineState =
  | { readonly kind: 'idle' | 'starting' }
  | { readonly kind: 'ready'; readonly facts: EngineFacts }
  | { readonly kind: 'failed'; readonly message: string };

type Started = ModelWorker<typeof models>;

/**
 * The worker in which the panels of a page compute. It is started when something is first computed, and again
 * with other settings; what lived in the one before is gone then, and panels are told by {@link generation}.
 */
export class PageEngine {
  readonly state = signal<EngineState>({ kind: 'idle' });
  readonly settings = signal<EngineSettings>(defaultSettings());
  /** Counts the workers that were started. */
  readonly generation = signal(0);
  /** What is computed now, in a word; undefined where nothing is. */
  readonly busy = signal<string | undefined>(undefined);
  #worker: Promise<Started> | undefined;
  #memory: (() => Promise<{ readonly bytes: number; readonly peakBytes: number }>) | undefined;

  /** The worker, started where it is not there yet. @throws what the engine throws where it does not start */
  worker(): Promise<Started> {
    this.#worker ??= this.#start();
    return this.#worker;
  }

  /** Bytes that tensors occupy now, and at most since the start; undefined without an engine. */
  async memory(): Promise<{ readonly bytes: number; readonly peakBytes: number } | undefined> {
    return this.#memory?.();
  }

  /** Ends the worker: whatever it computes stops at once. The next computation starts another one. */
  async end(): Promise<void> {
    const ending = this.#worker;
    this.#worker = undefined;
    this.#memory = undefined;
    this.state.value = { kind: 'idle' };
    this.busy.value = undefined;
    this.generation.value += 1;
    (await ending?.catch(() => undefined))?.dispose();
  }

  /** Takes other settings, with a worker of their own. */
  async change(settings: EngineSettings): Promise<void> {
    this.settings.value = settings;
    await this.end();
    await this.worker();
  }

  async #start(): Promise<Started> {
    this.state.value = { kind: 'starting' };
    const worker = new ModelWorker<typeof models>(
      new Worker(new URL('../worker/entry.ts', import.meta.url), { type: 'module' }),
    );
    try {
      const engine = await worker.make('engine', this.settings.value);
      this.#memory = () => engine.memory();
      this.state.value = { kind: 'ready', facts: await engine.facts() };
      return worker;
    } catch (error) {
      worker.dispose();
      this.#worker = undefined;
      this.state.value = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
      throw error;
    }
  }
}

let shared: PageEngine | undefined;

/** The engine that all panels of a page share. */
export function pageEngine(): PageEngine {
  shared ??= new PageEngine();
  return shared;
}
