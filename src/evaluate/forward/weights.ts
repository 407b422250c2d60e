import type { Architecture } from './architecture.ts';
import { gatedPanelsOf, panelSize, panelsOf } from './panels.ts';
import type { Processor, Room } from './processor.ts';

/** Weights of one model by their names in its files, decoded to f32. */
export type Weights = {
  /** Null where there is no tensor of that name. */
  shape(name: string): readonly number[] | null;
  read(name: string): Promise<Float32Array>;
};

/** A tensor that is missing or has another shape than config.json says. */
export class WeightsError extends Error {
  override readonly name = 'WeightsError';
}

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

/**
 * Reads all weights of a model into rooms of a processor, tensor by tensor: into those it has had before, where they
 * are given. Throws `WeightsError`, or the signal’s reason.
 */
export async function loadWeights(
  architecture: Architecture,
  weights: Weights,
  processor: Processor,
  { into, signal }: { readonly into?: WeightRooms | null; readonly signal?: AbortSignal } = {},
): Promise<WeightRooms> {
  const { hidden, queries, keys, head, intermediate, tied, biases, normed } = architecture;
  const read = async (name: string, ...shape: number[]): Promise<Float32Array> => {
    signal?.throwIfAborted();
    const found = weights.shape(name);
    if (found?.join() === shape.join()) return weights.read(name);
    throw new WeightsError(
      `${name} ${found ? `has the shape [${found}]` : 'is missing'}; config.json makes it [${shape}].`,
    );
  };
  const put = (words: Float32Array, room: Room | null | undefined): Room => {
    const used = room ?? processor.take(words.length);
    processor.write(used, words);
    return used;
  };
  const pack = (
    matrices: readonly Float32Array[],
    depth: number,
    room: Room | null | undefined,
  ) => {
    const used = room ?? processor.take(panelSize(matrices, depth));
    processor.fill(used, (panels) => panelsOf(matrices, depth, panels));
    return used;
  };
  const packGated = (
    [gate, up]: readonly [Float32Array, Float32Array],
    depth: number,
    room: Room | null | undefined,
  ) => {
    const used = room ?? processor.take(2 * gate.length);
    processor.fill(used, (panels) => gatedPanelsOf(gate, up, depth, panels));
    return used;
  };
  const layerOf = async (at: number): Promise<LayerRooms> => {
    const old = into?.layers[at];
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
      inputNorm: put(
        await read(`model.layers.${at}.input_layernorm.weight`, hidden),
        old?.inputNorm,
      ),
      inputs: pack(await three('weight', hidden), hidden, old?.inputs),
      inputsBias: biases.inputs ? pack(await three('bias'), 1, old?.inputsBias) : null,
      headNorms: normed ? pack(await norms(), 1, old?.headNorms) : null,
      output: pack([outputs], wide, old?.output),
      outputBias: biases.output
        ? put(await read(`${attention}.o_proj.bias`, hidden), old?.outputBias)
        : null,
      mlpNorm: put(
        await read(`model.layers.${at}.post_attention_layernorm.weight`, hidden),
        old?.mlpNorm,
      ),
      gates: packGated(
        [await gate('weight', hidden), await up('weight', hidden)],
        hidden,
        old?.gates,
      ),
      gatesBias: biases.mlp
        ? packGated([await gate('bias'), await up('bias')], 1, old?.gatesBias)
        : null,
      down: pack([down], intermediate, old?.down),
      downBias: biases.mlp ? put(await read(`${mlp}.down_proj.bias`, hidden), old?.downBias) : null,
    };
  };

  const [vocabulary = 0] = weights.shape(EMBEDDING) ?? [];
  const rows = await read(EMBEDDING, vocabulary, hidden);
  const embedding = pack([rows], hidden, into?.embedding);
  const layers: LayerRooms[] = [];
  for (let at = 0; at < architecture.layers; at++) layers.push(await layerOf(at));
  const norm = put(await read('model.norm.weight', hidden), into?.norm);
  if (tied) return { vocabulary, embedding, layers, norm, head: embedding };
  const own = await read('lm_head.weight', vocabulary, hidden);
  return { vocabulary, embedding, layers, norm, head: pack([own], hidden, into?.head) };
}

const EMBEDDING = 'model.embed_tokens.weight';
