import type { LeftOut } from '../../formats/beside.ts';
import type { Model } from '../../formats/model.ts';
import { blobSource } from '../../io/blob.ts';
import { mostWindows, ReadAhead } from '../../io/read-ahead.ts';
import type { Source } from '../../io/source.ts';
import { EngineError } from '../errors.ts';
import { openAny } from './open-any.ts';
import type { Sources } from './sources.ts';

type Shelf = {
  readonly model: Model;
  readonly weights: readonly Source[];
  /** Of files that are far away. */
  readonly ahead: ReadAhead | null;
  readonly companions: ReadonlyMap<string, Source>;
};

/** The models that are open, and the sources behind them. */
export class Library implements Sources {
  readonly #shelves = new Map<string, Shelf>();
  #version = 0;
  #mostAhead = Number.POSITIVE_INFINITY;

  /**
   * Reads the headers of one model and keeps its sources, each named by its path; `leftOut` is what else lay
   * in its folder.
   * Opening an id again replaces what was there.
   */
  async open(
    id: string,
    name: string,
    sources: readonly Source[],
    signal?: AbortSignal,
    leftOut: readonly LeftOut[] = [],
  ): Promise<Model> {
    const model = await openAny(id, name, sources, signal, leftOut);
    const byPath = new Map(sources.map((source) => [source.name, source]));
    const root = rootOf(model, sources);
    const sourceOf = (file: { readonly name: string }) => byPath.get(root + file.name)!;
    const weights = model.files.map((file) =>
      file.held ? blobSource(file.name, new Blob([file.held])) : sourceOf(file),
    );
    const ahead = this.#aheadOf(weights[0]);
    this.#version += 1;
    this.#shelves.set(id, {
      model,
      weights: ahead ? weights.map((source) => ahead.of(source)) : weights,
      ahead,
      companions: new Map(model.companions.map((file) => [file.name, sourceOf(file)])),
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

  /** Another number whenever other models are open. */
  get version(): number {
    return this.#version;
  }

  /** The open models by id. */
  models(): ReadonlyMap<string, Model> {
    return new Map([...this.#shelves].map(([id, { model }]) => [id, model]));
  }

  /** @throws EngineError when it is not open */
  model(id: string): Model {
    return this.#shelf(id).model;
  }

  close(id: string): void {
    this.#version += 1;
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

/** The folder that the names of a model's files start from. */
function rootOf({ files: [first] }: Model, sources: readonly Source[]): string {
  const paths = sources
    .map(({ name }) => name)
    .filter((path) => `/${path}`.endsWith(`/${first.name}`));
  const shortest = paths.reduce((a, b) => (b.length < a.length ? b : a));
  return shortest.slice(0, -first.name.length);
}
