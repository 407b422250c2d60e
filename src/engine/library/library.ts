import { recognise } from '../../formats/folder.ts';
import type { Model } from '../../formats/model.ts';
import { openModel } from '../../formats/open-model.ts';
import { mostWindows, ReadAhead } from '../../io/read-ahead.ts';
import type { Source } from '../../io/source.ts';
import { EngineError } from '../errors.ts';
import type { Sources } from './sources.ts';

type Shelf = {
  readonly weights: readonly Source[];
  /** Of files that are far away. */
  readonly ahead: ReadAhead | null;
  readonly companions: ReadonlyMap<string, Source>;
};

/** The models that are open, and the sources behind them. */
export class Library implements Sources {
  readonly #shelves = new Map<string, Shelf>();
  #mostAhead = Number.POSITIVE_INFINITY;

  /**
   * Reads the headers of one model and keeps its sources, each named by its path.
   * Opening an id again replaces what was there.
   */
  async open(
    id: string,
    name: string,
    sources: readonly Source[],
    signal?: AbortSignal,
  ): Promise<Model> {
    const model = await openModel(id, name, sources, signal);
    const byPath = new Map(sources.map((source) => [source.name, source]));
    const files = sources.map((source) => ({ path: source.name, size: source.size }));
    const [found] = recognise(files).models;
    const weights = found.weights.map((path) => byPath.get(path)!);
    const ahead = this.#aheadOf(weights[0]);
    this.#shelves.set(id, {
      weights: ahead ? weights.map((source) => ahead.of(source)) : weights,
      ahead,
      companions: new Map(found.companions.map((path) => [baseName(path), byPath.get(path)!])),
    });
    return model;
  }

  /** Bounds what is read ahead, all windows of all models together, in bytes. */
  limitAhead(total: number): void {
    const far = [...this.#shelves.values()].filter(({ ahead }) => ahead !== null);
    this.#mostAhead = total / (mostWindows * Math.max(1, far.length));
  }

  /** Lets go of what was read ahead. */
  forgetAhead(): void {
    for (const { ahead } of this.#shelves.values()) ahead?.forget();
  }

  close(id: string): void {
    this.#shelves.get(id)?.ahead?.forget();
    this.#shelves.delete(id);
  }

  weights(model: string, file: number): Source {
    return this.#shelf(model).weights[file] ?? missing(model, `weight file ${file}`);
  }

  companion(model: string, name: string): Source {
    return this.#shelf(model).companions.get(name) ?? missing(model, name);
  }

  #aheadOf({ ahead }: Source): ReadAhead | null {
    return ahead === undefined ? null : new ReadAhead(() => Math.min(ahead, this.#mostAhead));
  }

  #shelf(model: string): Shelf {
    return this.#shelves.get(model) ?? missing(model, 'any file');
  }
}

function missing(model: string, what: string): never {
  throw new EngineError(
    'not-open',
    `${model} is not open, so ${what} cannot be read. Open it again.`,
    {
      model,
      advice: 'Open the model again.',
    },
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
