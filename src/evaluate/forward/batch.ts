import { pack } from '../../compute/shaders/structs.ts';
import type { Architecture } from './architecture.ts';
import type { Kernels } from './kernels.ts';
import { paddedTo8 } from './panels.ts';
import { pause } from './pause.ts';
import type { Processor, Room } from './processor.ts';
import { bitsOf, productBy, ROWS, TOKEN_WORDS } from './product.ts';
import { anglesOf } from './rope.ts';
import type { WeightRooms } from './weights.ts';

/** A model that is ready to be run. */
export type Loaded = {
  readonly architecture: Architecture;
  readonly processor: Processor;
  readonly kernels: Kernels;
  readonly weights: WeightRooms;
};

/** Tokens that a sequence goes on with. */
export type Growth = { readonly sequence: number; readonly ids: readonly number[] };

type Product = Parameters<typeof productBy> extends [unknown, unknown, ...infer P] ? P : never;

/** Numbers of logits that are there at a time. */
const MOST_LOGITS = 2 ** 22;

/**
 * Sequences of different lengths, side by side without padding: each has a run of slots for its keys and values, and all
 * tokens of a step are rows of one matrix.
 */
export class Batch {
  readonly #decoder: Loaded;
  /** First slot of each sequence; how many tokens it has. */
  readonly #first: number[] = [];
  readonly #lengths: number[];
  readonly #most: number;
  readonly #slots: readonly Room[];
  readonly #angles: Room;
  /** Tokens by how far they see. */
  readonly #tokens = new Map<number | null, Room>();
  readonly #rows;

  constructor(decoder: Loaded, lengths: readonly number[], most: number) {
    const { architecture, processor } = decoder;
    const { hidden, queries, keys, head, intermediate, layers, windows, rope } = architecture;
    this.#decoder = decoder;
    this.#most = Math.ceil(most / ROWS) * ROWS;
    this.#lengths = lengths.map(() => 0);
    let slots = 0;
    for (const length of lengths) {
      this.#first.push(slots);
      slots += length;
    }
    const rows = (width: number) => processor.take(this.#most * width);
    this.#slots = Array.from({ length: layers }, () => processor.take(slots * 2 * keys * head));
    const angles = anglesOf(rope, Math.max(1, ...lengths));
    this.#angles = processor.take(angles.length);
    processor.write(this.#angles, angles);
    for (const window of new Set(windows)) this.#tokens.set(window, rows(TOKEN_WORDS));
    this.#rows = {
      before: rows(hidden),
      after: rows(hidden),
      normed: rows(hidden),
      inputs: rows((queries + 2 * keys) * head),
      queries: rows(queries * head),
      gathered: rows(queries * head),
      opened: rows(intermediate),
    };
  }

  /**
   * Takes all these tokens through all layers. The rows that it leaves, in the order given, are what `logits` picks
   * from. Rejects with the signal’s reason.
   */
  async grow(growths: readonly Growth[], signal: AbortSignal): Promise<void> {
    const { architecture, processor, kernels, weights } = this.#decoder;
    const { hidden, queries, keys, head, intermediate, windows, epsilon } = architecture;
    const count = this.#place(growths);
    const { before, after, normed, inputs, queries: turned, gathered, opened } = this.#rows;
    const heads = { tokens: count, queries, keys };
    const norm = (from: Room, weight: Room) =>
      processor.run({
        kernel: kernels.norm,
        job: pack('Norm', [{ quads: hidden / 4, rows: count, epsilon: bitsOf(epsilon) }]),
        rooms: [from, weight, normed, null],
        threads: count,
        layers: 1,
      });
    const product = async (...one: Product) => {
      await pause(signal);
      productBy(processor, count, ...one);
    };
    const every = windows[0] ?? null;

    processor.run({
      kernel: kernels.embed,
      job: pack('Embed', [{ quads: hidden / 4, tokens: count }]),
      rooms: [this.#tokens.get(every)!, weights.embedding, before, null],
      threads: count,
      layers: 1,
    });
    for (const [at, layer] of weights.layers.entries()) {
      const tokens = this.#tokens.get(windows[at])!;
      const slots = this.#slots[at];
      norm(before, layer.inputNorm);
      const width = (queries + 2 * keys) * head;
      await product(
        kernels.inputs,
        [hidden, width],
        normed,
        layer.inputs,
        inputs,
        layer.inputsBias,
      );
      processor.run({
        kernel: kernels.heads,
        job: pack('Heads', [{ ...heads, epsilon: bitsOf(epsilon) }]),
        rooms: [inputs, tokens, turned, slots, this.#angles, layer.headNorms],
        threads: count,
        layers: queries + 2 * keys,
      });
      processor.run({
        kernel: kernels.attention,
        job: pack('Attention', [{ ...heads, scale: bitsOf(1 / Math.sqrt(head)) }]),
        rooms: [turned, tokens, gathered, slots],
        threads: count,
        layers: queries,
      });
      const wide = queries * head;
      await product(
        kernels.output,
        [wide, hidden],
        gathered,
        layer.output,
        after,
        layer.outputBias,
        before,
      );
      norm(after, layer.mlpNorm);
      const gates = 2 * intermediate;
      await product(kernels.gates, [hidden, gates], normed, layer.gates, opened, layer.gatesBias);
      await product(
        kernels.down,
        [intermediate, hidden],
        opened,
        layer.down,
        before,
        layer.downBias,
        after,
      );
    }
  }

  /**
   * Calls `see` with the logits of each of the rows that `grow` left, by the place among `picked`: one number for every
   * token of the vocabulary, valid until it returns.
   */
  async logits(
    picked: readonly number[],
    see: (at: number, logits: Float32Array) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { architecture, processor, kernels, weights } = this.#decoder;
    const { hidden, epsilon } = architecture;
    const pitch = paddedTo8(weights.vocabulary);
    const fitting = Math.max(ROWS, Math.floor(MOST_LOGITS / pitch / ROWS) * ROWS);
    const most = Math.min(fitting, Math.ceil(picked.length / ROWS) * ROWS);
    const { last } = processor;
    const normed = processor.take(most * hidden);
    const places = processor.take(most);
    const made = processor.take(most * pitch);
    for (let from = 0; from < picked.length; from += most) {
      await pause(signal);
      const some = picked.slice(from, from + most);
      processor.write(places, Uint32Array.from(some));
      processor.run({
        kernel: kernels.normPicked,
        job: pack('Norm', [{ quads: hidden / 4, rows: some.length, epsilon: bitsOf(epsilon) }]),
        rooms: [this.#rows.before, weights.norm, normed, places],
        threads: some.length,
        layers: 1,
      });
      const sizes = [hidden, pitch] as const;
      productBy(processor, some.length, kernels.head, sizes, normed, weights.head, made, null);
      const logits = await processor.read(made, some.length * pitch);
      for (const i of some.keys()) {
        see(from + i, logits.subarray(i * pitch, i * pitch + weights.vocabulary));
      }
    }
    processor.giveBackAfter(last);
  }

  /** Gives the tokens their positions and slots, and tells the processor; how many there are. */
  #place(growths: readonly Growth[]): number {
    const count = growths.reduce((sum, { ids }) => sum + ids.length, 0);
    if (count > this.#most)
      throw new RangeError(`A step of ${count} tokens, room for ${this.#most}`);
    for (const [window, room] of this.#tokens) {
      const table = new Uint32Array(count * TOKEN_WORDS);
      let at = 0;
      for (const { sequence, ids } of growths) {
        const first = this.#first[sequence];
        for (const [i, id] of ids.entries()) {
          const position = this.#lengths[sequence] + i;
          const from = window === null ? 0 : Math.max(0, position + 1 - window);
          table.set([id, position, first + position, first + from, first + position + 1], at);
          at += TOKEN_WORDS;
        }
      }
      this.#decoder.processor.write(room, table);
    }
    for (const { sequence, ids } of growths) this.#lengths[sequence] += ids.length;
    return count;
  }
}
