import type { LoadOptions, ModelParts } from '@agop/estimators';
import { type FittedRFM, type RFMDescription, rfm } from '@agop/rfm';

/** Leaves of this many bytes together stay on the backend between predictions. */
const keptBytes = 256 * 2 ** 20;

/**
 * Fitted leaves, which live on the host and come to the backend where they are asked. The last ones asked
 * stay there, as far as {@link keptBytes} go.
 */
export class LeafMachines {
  readonly #parts: readonly ModelParts<RFMDescription>[];
  readonly #outputs: number;
  readonly #load: LoadOptions;
  /** The one asked last is at the end. */
  readonly #held = new Map<number, { readonly fitted: FittedRFM; readonly bytes: number }>();

  constructor(parts: readonly ModelParts<RFMDescription>[], outputs: number, load: LoadOptions) {
    this.#parts = parts;
    this.#outputs = outputs;
    this.#load = load;
  }

  /**
   * A leaf on the backend, valid until the next one is asked for.
   *
   * @throws {FormatError} for tensors that are missing, or do not go together
   */
  async get(leaf: number): Promise<FittedRFM> {
    const held = this.#held.get(leaf);
    if (held) {
      this.#held.delete(leaf);
      this.#held.set(leaf, held);
      return held.fitted;
    }
    const parts = this.#parts[leaf] as ModelParts<RFMDescription>;
    const bytes = Object.values(parts.tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
    const fitted = await rfm.decode(parts, this.#outputs, this.#load);
    this.#held.set(leaf, { fitted, bytes });
    let total = [...this.#held.values()].reduce((sum, own) => sum + own.bytes, 0);
    for (const [other, own] of this.#held) {
      if (total <= keptBytes || other === leaf) break;
      own.fitted.dispose();
      this.#held.delete(other);
      total -= own.bytes;
    }
    return fitted;
  }

  /** Frees what is on the backend. */
  dispose(): void {
    for (const { fitted } of this.#held.values()) fitted.dispose();
    this.#held.clear();
  }
}
