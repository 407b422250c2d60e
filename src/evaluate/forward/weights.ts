import type { Architecture } from './architecture.ts';
import { packed, put, readShaped, type Weights } from './loading.ts';
import { gatedPanelsOf } from './panels.ts';
import type { Processor, Room } from './processor.ts';

export type LayerRooms = {
  readonly inputNorm: Room;
  readonly inputs: Room;
  readonly inputsBias: Room | null;
  readonly headNorms: Room | null;
  readonly output: Room;
  readonly outputBias: Room | null;
  readonly mlpNorm: Room;
  readonly gates: Room;
  readonly gatesBias: Room | null;
  readonly down: Room;
  readonly downBias: Room | null;
};

export type WeightRooms = {
  readonly vocabulary: number;
  readonly embedding: Room;
  readonly layers: readonly LayerRooms[];
  readonly norm: Room;
  /** The embedding’s room where both are one. */
  readonly head: Room;
};

/** Reads all weights of a model into rooms of a processor, tensor by tensor. Throws `WeightsError`, or the signal’s reason. */
export async function loadWeights(
  architecture: Architecture,
  weights: Weights,
  processor: Processor,
  signal?: AbortSignal,
): Promise<WeightRooms> {
  const { hidden, queries, keys, head, intermediate, tied, biases, normed } = architecture;
  const read = (name: string, ...shape: number[]): Promise<Float32Array> => {
    signal?.throwIfAborted();
    return readShaped(weights, name, shape);
  };
  const own = put.bind(null, processor);
  const pack = packed.bind(null, processor);
  const packGated = (gate: Float32Array, up: Float32Array, depth: number) => {
    const room = processor.take(2 * gate.length);
    processor.fill(room, (panels) => gatedPanelsOf(gate, up, depth, panels));
    return room;
  };
  const layerOf = async (at: number): Promise<LayerRooms> => {
    const attention = `model.layers.${at}.self_attn`;
    const mlp = `model.layers.${at}.mlp`;
    const wide = queries * head;
    const narrow = keys * head;
    const three = async (end: string, ...depth: number[]) => [
      await read(`${attention}.q_proj.${end}`, wide, ...depth),
      await read(`${attention}.k_proj.${end}`, narrow, ...depth),
      await read(`${attention}.v_proj.${end}`, narrow, ...depth),
    ];
    const gate = (end: string, ...depth: number[]) =>
      read(`${mlp}.gate_proj.${end}`, intermediate, ...depth);
    const up = (end: string, ...depth: number[]) =>
      read(`${mlp}.up_proj.${end}`, intermediate, ...depth);
    const norms = async () => [
      await read(`${attention}.q_norm.weight`, head),
      await read(`${attention}.k_norm.weight`, head),
    ];
    const outputs = await read(`${attention}.o_proj.weight`, hidden, wide);
    const down = await read(`${mlp}.down_proj.weight`, hidden, intermediate);
    return {
      inputNorm: own(await read(`model.layers.${at}.input_layernorm.weight`, hidden)),
      inputs: pack(await three('weight', hidden), hidden),
      inputsBias: biases.inputs ? pack(await three('bias'), 1) : null,
      headNorms: normed ? pack(await norms(), 1) : null,
      output: pack([outputs], wide),
      outputBias: biases.output ? own(await read(`${attention}.o_proj.bias`, hidden)) : null,
      mlpNorm: own(await read(`model.layers.${at}.post_attention_layernorm.weight`, hidden)),
      gates: packGated(await gate('weight', hidden), await up('weight', hidden), hidden),
      gatesBias: biases.mlp ? packGated(await gate('bias'), await up('bias'), 1) : null,
      down: pack([down], intermediate),
      downBias: biases.mlp ? own(await read(`${mlp}.down_proj.bias`, hidden)) : null,
    };
  };

  const [vocabulary = 0] = weights.shape(EMBEDDING) ?? [];
  const rows = await read(EMBEDDING, vocabulary, hidden);
  const embedding = pack([rows], hidden);
  const layers: LayerRooms[] = [];
  for (let at = 0; at < architecture.layers; at++) layers.push(await layerOf(at));
  const norm = own(await read('model.norm.weight', hidden));
  if (tied) return { vocabulary, embedding, layers, norm, head: embedding };
  const untied = await read('lm_head.weight', vocabulary, hidden);
  return { vocabulary, embedding, layers, norm, head: pack([untied], hidden) };
}

const EMBEDDING = 'model.embed_tokens.weight';
