import { packed, put, readShaped, type Weights } from '../forward/loading.ts';
import type { Processor, Room } from '../forward/processor.ts';
import type { EncoderArchitecture } from './architecture.ts';

type Product = { readonly panels: Room; readonly bias: Room };
type Norm = { readonly weights: Room; readonly bias: Room };

export type EncoderRooms = {
  readonly vocabulary: number;
  readonly words: Room;
  /** Of each position its row and that of the first token type. */
  readonly places: Room;
  readonly norm: Norm;
  readonly layers: readonly {
    readonly queries: Product;
    /** Keys, then values. */
    readonly slots: Product;
    readonly output: Product;
    readonly outputNorm: Norm;
    readonly opened: Product;
    readonly closed: Product;
    readonly closedNorm: Norm;
  }[];
};

/** What may stand before the names: nothing in a bare encoder, its name where a head lies beside it. */
const prefixes = ['', 'bert.', 'roberta.'];
const words = 'embeddings.word_embeddings.weight';

/** Reads all weights of an encoder into rooms of a processor. Throws `WeightsError`, or the signal’s reason. */
export async function loadEncoder(
  { hidden, layers, intermediate, positions }: EncoderArchitecture,
  weights: Weights,
  processor: Processor,
  signal?: AbortSignal,
): Promise<EncoderRooms> {
  const prefix = prefixes.find((each) => weights.shape(each + words) !== null) ?? '';
  const read = (name: string, ...shape: number[]): Promise<Float32Array> => {
    signal?.throwIfAborted();
    return readShaped(weights, prefix + name, shape);
  };
  const own = put.bind(null, processor);
  const pack = packed.bind(null, processor);
  const product = async (names: readonly string[], rows: number, depth: number) => {
    const matrices: Float32Array[] = [];
    const biases: Float32Array[] = [];
    for (const name of names) {
      matrices.push(await read(`${name}.weight`, rows, depth));
      biases.push(await read(`${name}.bias`, rows));
    }
    return { panels: pack(matrices, depth), bias: pack(biases, 1) };
  };
  const norm = async (name: string): Promise<Norm> => {
    // Checkpoints that came from TensorFlow have its words.
    const isOld = weights.shape(`${prefix}${name}.gamma`) !== null;
    return {
      weights: own(await read(`${name}.${isOld ? 'gamma' : 'weight'}`, hidden)),
      bias: own(await read(`${name}.${isOld ? 'beta' : 'bias'}`, hidden)),
    };
  };
  const layerOf = async (at: number) => {
    const layer = `encoder.layer.${at}`;
    const self = `${layer}.attention.self`;
    return {
      queries: await product([`${self}.query`], hidden, hidden),
      slots: await product([`${self}.key`, `${self}.value`], hidden, hidden),
      output: await product([`${layer}.attention.output.dense`], hidden, hidden),
      outputNorm: await norm(`${layer}.attention.output.LayerNorm`),
      opened: await product([`${layer}.intermediate.dense`], intermediate, hidden),
      closed: await product([`${layer}.output.dense`], hidden, intermediate),
      closedNorm: await norm(`${layer}.output.LayerNorm`),
    };
  };

  const [vocabulary = 0] = weights.shape(prefix + words) ?? [];
  const embedding = await read(words, vocabulary, hidden);
  const places = await read('embeddings.position_embeddings.weight', positions, hidden);
  const typeName = 'embeddings.token_type_embeddings.weight';
  const [types = 1] = weights.shape(prefix + typeName) ?? [];
  const type = await read(typeName, types, hidden);
  const placed = places.map((place, i) => place + type[i % hidden]);
  const rooms = {
    vocabulary,
    words: pack([embedding], hidden),
    places: own(placed),
    norm: await norm('embeddings.LayerNorm'),
  };
  const all: EncoderRooms['layers'][number][] = [];
  for (let at = 0; at < layers; at++) all.push(await layerOf(at));
  return { ...rooms, layers: all };
}
