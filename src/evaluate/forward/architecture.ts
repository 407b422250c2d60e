import {
  type Config,
  MOST_HEAD,
  nameOf,
  number,
  size,
  UnsupportedModelError,
  unsupported,
} from './config.ts';
import { frequenciesOf, type Rope } from './rope.ts';

/** What a decoder of the Llama family computes, as its config.json says. */
export type Architecture = {
  /** "LlamaForCausalLM". */
  readonly name: string;
  readonly hidden: number;
  readonly layers: number;
  /** Heads of queries; of keys, and as many of values. */
  readonly queries: number;
  readonly keys: number;
  /** Numbers in a head. */
  readonly head: number;
  readonly intermediate: number;
  /** What is added to the mean square in a norm. */
  readonly epsilon: number;
  readonly rope: Rope;
  /** Whether the embedding serves as the head. */
  readonly tied: boolean;
  /** Biases of queries, keys and values; of what attention gives; of the three matrices behind it. */
  readonly biases: { readonly inputs: boolean; readonly output: boolean; readonly mlp: boolean };
  /** Whether queries and keys are normed, head by head. */
  readonly normed: boolean;
  /** For every layer how many positions a token sees, itself included; null: all before it. */
  readonly windows: readonly (number | null)[];
  /** Ids that end a text. */
  readonly ends: readonly number[];
};

/** What an architecture has where its config.json says nothing: as in transformers. */
type Family = {
  readonly head?: number;
  readonly keys?: number;
  readonly window?: number;
  readonly normed?: boolean;
  readonly biases: (config: Config) => Architecture['biases'];
};

const none: Family['biases'] = () => ({ inputs: false, output: false, mlp: false });
const asked: Family['biases'] = (config) => {
  const attention = config['attention_bias'] === true;
  return { inputs: attention, output: attention, mlp: config['mlp_bias'] === true };
};

const families: Readonly<Record<string, Family>> = {
  LlamaForCausalLM: { biases: asked },
  MistralForCausalLM: { keys: 8, window: 4096, biases: none },
  Qwen2ForCausalLM: { keys: 32, biases: () => ({ inputs: true, output: false, mlp: false }) },
  Qwen3ForCausalLM: {
    keys: 32,
    head: 128,
    normed: true,
    biases: (config) => ({ ...asked(config), mlp: false }),
  },
};

/** Options that change what is computed, and the values that change nothing. */
const plain: Readonly<Record<string, readonly unknown[]>> = {
  hidden_act: ['silu', 'swish'],
  partial_rotary_factor: [1],
  attn_logit_softcapping: [],
  final_logit_softcapping: [],
  embedding_multiplier: [1],
  residual_multiplier: [1],
  attention_multiplier: [],
  logits_scaling: [1],
  num_local_experts: [],
  no_rope_layers: [],
  is_encoder_decoder: [false],
};

/** The architecture of a config.json. Throws `UnsupportedModelError`. */
export function architectureOf(config: Config): Architecture {
  const name = nameOf(config);
  if (name === null) {
    throw new UnsupportedModelError(
      'config.json names no architecture: "architectures" is missing. Add it, as in ["LlamaForCausalLM"].',
    );
  }
  const family = families[name];
  if (!family) {
    const known = Object.keys(families).join(', ');
    throw new UnsupportedModelError(
      `${name} cannot be run here. The forward pass knows ${known}. Merging it works as before.`,
    );
  }
  for (const [option, values] of Object.entries(plain)) {
    const value = config[option];
    if (value === undefined || value === null || values.includes(value)) continue;
    throw unsupported(
      option,
      value,
      values.length > 0 ? `${values.join(' or ')}` : 'not to be set',
    );
  }
  const hidden = size(config, 'hidden_size', 8);
  const queries = size(config, 'num_attention_heads');
  const layers = size(config, 'num_hidden_layers');
  const keys = size(config, 'num_key_value_heads', 1, family.keys ?? queries);
  if (queries % keys !== 0) {
    throw unsupported('num_key_value_heads', keys, `a divisor of the ${queries} attention heads`);
  }
  const head = size(config, 'head_dim', 8, family.head ?? hidden / queries);
  if (head > MOST_HEAD) throw unsupported('head_dim', head, `at most ${MOST_HEAD}`);
  return {
    name,
    hidden,
    layers,
    queries,
    keys,
    head,
    intermediate: size(config, 'intermediate_size', 8),
    epsilon: number(config, 'rms_norm_eps', 1e-6),
    rope: ropeOf(config, head),
    tied: config['tie_word_embeddings'] === true,
    biases: family.biases(config),
    normed: family.normed ?? false,
    windows: windowsOf(config, layers, family),
    ends: idsOf(config['eos_token_id']),
  };
}

function ropeOf(config: Config, head: number): Rope {
  const given = config['rope_parameters'] ?? config['rope_scaling'] ?? {};
  if (typeof given !== 'object' || given === null) {
    throw unsupported('rope_scaling', given, 'an object');
  }
  const options = given as Config;
  const theta = number(options, 'rope_theta', number(config, 'rope_theta', 10_000));
  const kind = options['rope_type'] ?? options['type'] ?? 'default';
  const rotated = options['partial_rotary_factor'] ?? 1;
  if (rotated !== 1) throw unsupported('partial_rotary_factor', rotated, '1');
  switch (kind) {
    case 'default':
      return { frequencies: frequenciesOf(head, theta) };
    case 'linear':
      return { frequencies: frequenciesOf(head, theta, { factor: number(options, 'factor') }) };
    case 'llama3': {
      const scaling = {
        factor: number(options, 'factor'),
        low: number(options, 'low_freq_factor'),
        high: number(options, 'high_freq_factor'),
        before: number(options, 'original_max_position_embeddings'),
      };
      return { frequencies: frequenciesOf(head, theta, scaling) };
    }
    default:
      throw unsupported('rope_type', kind, 'default, linear or llama3');
  }
}

function windowsOf(config: Config, layers: number, family: Family): readonly (number | null)[] {
  const given = config['sliding_window'];
  const width = given === undefined ? (family.window ?? null) : given;
  const kinds = config['layer_types'];
  const used = config['use_sliding_window'];
  const from = config['max_window_layers'];
  return Array.from({ length: layers }, (_, layer) => {
    const kind = Array.isArray(kinds) ? kinds[layer] : null;
    if (kind === 'full_attention') return null;
    if (kind && kind !== 'sliding_attention') {
      throw unsupported('layer_types', kind, 'full_attention or sliding_attention');
    }
    // Of Qwen’s models only later layers have one, and only where it is used.
    const has = kind ? true : family.window ? true : used === true && layer >= Number(from ?? 28);
    if (!has || width === null) return null;
    if (typeof width !== 'number' || !(width >= 1)) {
      throw unsupported('sliding_window', width, 'a number of positions');
    }
    return width;
  });
}

function idsOf(given: unknown): readonly number[] {
  const ids = Array.isArray(given) ? given : [given];
  return ids.filter((id): id is number => Number.isInteger(id));
}
