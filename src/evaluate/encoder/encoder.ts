import { pack } from '../../compute/shaders/structs.ts';
import { groupsOf } from '../forward/groups.ts';
import type { Weights } from '../forward/loading.ts';
import { pause } from '../forward/pause.ts';
import type { Kernel, Processor, Room } from '../forward/processor.ts';
import {
  ADDED,
  bitsOf,
  type Matmul,
  matmulOf,
  PLAIN,
  productBy,
  ROWS,
  TOKEN_WORDS,
} from '../forward/product.ts';
import type { Running } from '../runner.ts';
import type { EncoderArchitecture } from './architecture.ts';
import { type EncoderRooms, loadEncoder } from './weights.ts';

type Kernels = {
  readonly embed: Kernel;
  readonly norm: Kernel;
  readonly attention: Kernel;
  readonly plain: Matmul;
  readonly added: Matmul;
  readonly opened: Matmul;
};

/**
 * An encoder on a processor that is its own. Each token sees all tokens of its own text: texts of different lengths are
 * rows of one matrix, without padding, and a table says for each row where its text begins and ends.
 */
export class Encoder {
  readonly architecture: EncoderArchitecture;
  readonly processor: Processor;
  readonly #kernels: Kernels;
  readonly #weights: EncoderRooms;

  private constructor(
    architecture: EncoderArchitecture,
    processor: Processor,
    kernels: Kernels,
    weights: EncoderRooms,
  ) {
    this.architecture = architecture;
    this.processor = processor;
    this.#kernels = kernels;
    this.#weights = weights;
  }

  /** Throws `WeightsError`, or the signal’s reason; the processor then holds anything. */
  static async load(
    architecture: EncoderArchitecture,
    weights: Weights,
    processor: Processor,
    signal?: AbortSignal,
  ): Promise<Encoder> {
    const { head, activation } = architecture;
    const kernels = {
      embed: await processor.kernel('embed', { PLACED: 1 }),
      norm: await processor.kernel('layernorm', {}),
      attention: await processor.kernel('attention', { HALF: head / 8 }),
      plain: await matmulOf(processor, PLAIN, true),
      added: await matmulOf(processor, ADDED, true),
      opened: await matmulOf(processor, activation, true),
    };
    const rooms = await loadEncoder(architecture, weights, processor, signal);
    return new Encoder(architecture, processor, kernels, rooms);
  }

  /** Tokens that a text may have. */
  get mostTokens(): number {
    const { positions, firstPosition } = this.architecture;
    return positions - firstPosition;
  }

  /**
   * Calls `see` with the last layer’s rows of every text, one of `hidden` numbers for each of its ids, valid until it
   * returns. A text has at least one id and at most `mostTokens`. One call at a time.
   */
  async encode(
    texts: readonly (readonly number[])[],
    see: (at: number, rows: Float32Array) => void,
    { signal, onProgress }: Running,
  ): Promise<void> {
    const { hidden } = this.architecture;
    const { last } = this.processor;
    let done = 0;
    for (const group of groupsOf(texts.map(({ length }) => length))) {
      try {
        const rows = await this.#pass(
          group.map((at) => texts[at]),
          signal,
        );
        let from = 0;
        for (const at of group) {
          const to = from + texts[at].length * hidden;
          see(at, rows.subarray(from, to));
          from = to;
        }
      } finally {
        this.processor.giveBackAfter(last);
      }
      done += group.length;
      onProgress?.(done);
    }
  }

  async #pass(texts: readonly (readonly number[])[], signal: AbortSignal): Promise<Float32Array> {
    const { processor } = this;
    const { hidden, heads, head, intermediate, epsilon } = this.architecture;
    const kernels = this.#kernels;
    const table = this.#tableOf(texts);
    const count = table.length / TOKEN_WORDS;
    const most = Math.ceil(count / ROWS) * ROWS;
    const take = (width: number) => processor.take(most * width);
    const tokens = take(TOKEN_WORDS);
    processor.write(tokens, table);
    const [rows, sums, queries, gathered] = [hidden, hidden, hidden, hidden].map(take);
    const slots = take(2 * hidden);
    const opened = take(intermediate);
    const quads = hidden / 4;
    const norm = (from: Room, { weights, bias }: EncoderRooms['norm'], to: Room) =>
      processor.run({
        kernel: kernels.norm,
        job: pack('Norm', [{ quads, rows: count, epsilon: bitsOf(epsilon) }]),
        rooms: [from, weights, bias, to],
        threads: count,
        layers: 1,
      });
    const product = productBy.bind(null, processor, count);

    processor.run({
      kernel: kernels.embed,
      job: pack('Embed', [{ quads, tokens: count }]),
      rooms: [tokens, this.#weights.words, sums, this.#weights.places],
      threads: count,
      layers: 1,
    });
    norm(sums, this.#weights.norm, rows);
    const square = [hidden, hidden] as const;
    const scale = bitsOf(1 / Math.sqrt(head));
    for (const layer of this.#weights.layers) {
      await pause(signal);
      const { queries: query, slots: slot, output, opened: open, closed } = layer;
      product(kernels.plain, square, rows, query.panels, queries, query.bias);
      product(kernels.plain, [hidden, 2 * hidden], rows, slot.panels, slots, slot.bias);
      processor.run({
        kernel: kernels.attention,
        job: pack('Attention', [{ tokens: count, queries: heads, keys: heads, scale }]),
        rooms: [queries, tokens, gathered, slots],
        threads: count,
        layers: heads,
      });
      product(kernels.added, square, gathered, output.panels, sums, output.bias, rows);
      norm(sums, layer.outputNorm, rows);
      product(kernels.opened, [hidden, intermediate], rows, open.panels, opened, open.bias);
      product(
        kernels.added,
        [intermediate, hidden],
        opened,
        closed.panels,
        sums,
        closed.bias,
        rows,
      );
      norm(sums, layer.closedNorm, rows);
    }
    return processor.read(rows, count * hidden);
  }

  /** Of each token what shaders have of it: its row is its slot. */
  #tableOf(texts: readonly (readonly number[])[]): Uint32Array {
    const { firstPosition } = this.architecture;
    const { vocabulary } = this.#weights;
    const words: number[] = [];
    let begin = 0;
    for (const ids of texts) {
      if (ids.length === 0 || ids.length > this.mostTokens) {
        throw new Error(`A text of ${ids.length} tokens, where 1 to ${this.mostTokens} fit`);
      }
      const end = begin + ids.length;
      for (const [i, id] of ids.entries()) {
        if (id >= vocabulary) {
          throw new Error(
            `Token ${id} is beyond the ${vocabulary} rows of the embedding: its tokenizer.json does not belong to it`,
          );
        }
        words.push(id, firstPosition + i, begin + i, begin, end);
      }
      begin = end;
    }
    return Uint32Array.from(words);
  }

  dispose(): void {
    this.processor.dispose();
  }
}
