import { FormatError } from '../../formats/error.ts';
import type { Model } from '../../formats/model.ts';
import { readTokenizer } from '../../formats/tokenizer/read.ts';
import type { Tokenizer } from '../../formats/tokenizer/tokenizer.ts';
import type { KnownTokenizers } from '../../plan/tokens/align.ts';
import type { PlanOrder } from '../protocol.ts';
import type { Library } from './library.ts';

type Recipe = PlanOrder['recipe'];

const file = 'tokenizer.json';

/** Tokenizers of open models: read when a recipe first merges by token, and kept as long as their model is open. */
export class Tokenizers {
  readonly #library: Library;
  readonly #read = new WeakMap<Model, Promise<void>>();
  readonly #known = new WeakMap<Model, Tokenizer | FormatError>();

  constructor(library: Library) {
    this.#library = library;
  }

  /** Of all that the recipe merges; a tokenizer that cannot be read is known by its error. */
  known(recipe: Recipe): KnownTokenizers {
    const pairs = this.#wanted(recipe).flatMap((model) => {
      const known = this.#known.get(model);
      return known ? [[model.id, known] as const] : [];
    });
    return new Map(pairs);
  }

  /** Null where nothing is to be read; else waits until all are known. Throws where a file cannot be read. */
  waits(recipe: Recipe): Promise<void> | null {
    const waiting = this.#wanted(recipe).filter((model) => !this.#known.has(model));
    if (waiting.length === 0) return null;
    return Promise.all(waiting.map((model) => this.#readOnce(model))).then(() => {});
  }

  #wanted({ vocabulary, base, experts }: Recipe): readonly Model[] {
    if (typeof vocabulary === 'string') return [];
    const open = this.#library.models();
    const ids = [...(base ? [base] : []), ...experts.map(({ model }) => model)].map(({ id }) => id);
    return [...new Set(ids)].flatMap((id) => {
      const model = open.get(id);
      return model?.companions.some(({ name }) => name === file) ? [model] : [];
    });
  }

  #readOnce(model: Model): Promise<void> {
    const known = this.#read.get(model);
    if (known) return known;
    const reading = this.#readNow(model);
    this.#read.set(model, reading);
    reading.catch(() => this.#read.delete(model));
    return reading;
  }

  async #readNow(model: Model): Promise<void> {
    const source = this.#library.companion(model.id, file);
    const bytes = source.size === 0 ? new Uint8Array() : await source.read(0, source.size);
    this.#known.set(model, tokenizerIn(bytes, `${model.name}/${file}`));
  }
}

function tokenizerIn(bytes: Uint8Array, name: string): Tokenizer | FormatError {
  try {
    return readTokenizer(new TextDecoder().decode(bytes), name);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}
