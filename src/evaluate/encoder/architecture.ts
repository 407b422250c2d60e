import {
  type Config,
  MOST_HEAD,
  nameOf,
  number,
  size,
  UnsupportedModelError,
  unsupported,
} from '../forward/config.ts';
import { GELU, GELU_BY_TANH } from '../forward/product.ts';

/** What an encoder of the BERT family computes, as its config.json says. */
export type EncoderArchitecture = {
  /** "BertModel". */
  readonly name: string;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  /** Numbers in a head. */
  readonly head: number;
  readonly intermediate: number;
  /** What is added to the variance in a norm. */
  readonly epsilon: number;
  /** What follows the first matrix of a layer's second half, as in matmul.wgsl. */
  readonly activation: number;
  /** Rows of the table of positions, and the row of the first token. */
  readonly positions: number;
  readonly firstPosition: number;
};

/** Of RoBERTa's kind, positions are counted from the one after the padding's. */
const families = /^(Bert|Roberta|XLMRoberta|Camembert)(Model|For\w+)$/;
const known = 'BertModel, RobertaModel, XLMRobertaModel, CamembertModel';

const activations: Readonly<Record<string, number>> = {
  gelu: GELU,
  gelu_new: GELU_BY_TANH,
  gelu_pytorch_tanh: GELU_BY_TANH,
};

/** Whether a config.json names an encoder that may be run here. */
export function isEncoder(config: Config): boolean {
  return families.test(nameOf(config) ?? '');
}

/** The architecture of a config.json. Throws `UnsupportedModelError`. */
export function encoderOf(config: Config): EncoderArchitecture {
  const name = nameOf(config) ?? '';
  const [, family] = families.exec(name) ?? [];
  if (!family) {
    throw new UnsupportedModelError(
      `${name || 'A model whose config.json names no architecture'} cannot be run here. Of encoders, ${known} can. Merging it works as before.`,
    );
  }
  for (const [option, plain] of [
    ['is_decoder', false],
    ['position_embedding_type', 'absolute'],
  ] as const) {
    if ((config[option] ?? plain) !== plain) throw unsupported(option, config[option], plain);
  }
  const act = config['hidden_act'] ?? 'gelu';
  const activation = typeof act === 'string' ? activations[act] : undefined;
  if (activation === undefined) {
    throw unsupported('hidden_act', act, Object.keys(activations).join(' or '));
  }
  const hidden = size(config, 'hidden_size', 8);
  const heads = size(config, 'num_attention_heads');
  const head = hidden / heads;
  if (head % 8 !== 0 || head > MOST_HEAD) {
    const expected = `heads of a multiple of 8 numbers, at most ${MOST_HEAD}; these have ${head}`;
    throw unsupported('num_attention_heads', heads, expected);
  }
  return {
    name,
    hidden,
    layers: size(config, 'num_hidden_layers'),
    heads,
    head,
    intermediate: size(config, 'intermediate_size', 8),
    epsilon: number(config, 'layer_norm_eps', 1e-12),
    activation,
    positions: size(config, 'max_position_embeddings'),
    firstPosition: family === 'Bert' ? 0 : number(config, 'pad_token_id', 1) + 1,
  };
}
