/** Sizes that config.json states and an axis of some tensor shows. */
import { isInputEmbedding } from '../vocabulary.ts';
import { type Claim, type Kind, numberIn, type Scope } from './scope.ts';

/** transformers refuses a tensor whose shape is not the one its config gives. */
export const notLoaded = 'transformers does not load a model whose shapes differ from its config';

type Size = {
  readonly fields: readonly string[];
  readonly tensors: (name: string) => boolean;
  readonly axis: number;
  /** What is counted along the axis. */
  readonly unit: string;
  /** How much of it one of the field takes: fused gates hold two. */
  readonly times?: number;
  /** Model types that count in another way. */
  readonly except?: RegExp;
};

const named = (pattern: RegExp) => (name: string) => pattern.test(name);
const HIDDEN = ['hidden_size', 'n_embd', 'd_model', 'dim'];
const INNER = ['intermediate_size', 'd_ff', 'hidden_dim', 'n_inner'];

const VOCABULARY: Size = {
  fields: ['vocab_size'],
  tensors: isInputEmbedding,
  axis: 0,
  unit: 'rows',
  except: /^(?:moshi|kyutai|csm|dia|mimi|encodec|mllama)/,
};

const SIZES: readonly Size[] = [
  VOCABULARY,
  {
    fields: ['embedding_size', 'word_embed_proj_dim', ...HIDDEN],
    tensors: isInputEmbedding,
    axis: 1,
    unit: 'columns',
  },
  {
    fields: INNER,
    tensors: named(/\.layers\.\d+\.mlp\.(?:gate_proj|up_proj|fc1)\.weight$/),
    axis: 0,
    unit: 'rows',
  },
  {
    fields: INNER,
    tensors: named(/\.layers\.\d+\.mlp\.gate_up_proj\.weight$/),
    axis: 0,
    unit: 'rows',
    times: 2,
  },
  {
    fields: INNER,
    tensors: named(
      /\.(?:layer|layers|block)\.\d+\.(?:intermediate\.dense|ffn\.lin1|mlp\.dense_h_to_4h|layer\.\d\.DenseReluDense\.wi(?:_\d)?)\.weight$/,
    ),
    axis: 0,
    unit: 'rows',
  },
  // GPT-2 keeps its matrices as (in, out).
  {
    fields: INNER,
    tensors: named(/\.h\.\d+\.mlp\.c_fc\.weight$/),
    axis: 1,
    unit: 'columns',
    except: /^(?!gpt2$)/,
  },
  {
    fields: ['moe_intermediate_size', 'intermediate_size'],
    tensors: named(/\.experts\.\d+\.(?:gate_proj|up_proj|w1|w3)\.weight$/),
    axis: 0,
    unit: 'rows',
  },
  {
    fields: ['n_positions', 'max_position_embeddings'],
    tensors: named(/(?:^|\.)(?:wpe|position_embeddings|position_embedding)\.weight$/),
    axis: 0,
    unit: 'rows',
    except:
      /^(?!(?:gpt2|bert|roberta|xlm-roberta|camembert|distilbert|electra|clip|clip_text_model)$)/,
  },
  {
    fields: ['type_vocab_size'],
    tensors: named(/(?:^|\.)token_type_embeddings\.weight$/),
    axis: 0,
    unit: 'rows',
    except: /^(?!(?:bert|roberta|xlm-roberta|camembert|electra|albert)$)/,
  },
  {
    fields: ['patch_size'],
    tensors: named(/(?:^|\.)(?:patch_embeddings\.projection|patch_embedding)\.weight$/),
    axis: 3,
    unit: 'pixels a patch',
  },
  {
    fields: ['num_channels'],
    tensors: named(/(?:^|\.)(?:patch_embeddings\.projection|patch_embedding)\.weight$/),
    axis: 1,
    unit: 'channels',
  },
];

/** Tokens that the embedding has no row for. */
export function vocabularyClaims(scope: Scope): readonly Claim[] {
  const stated = numberIn(scope.config, 'vocab_size');
  const isPadded = stated && rowsOf(scope) > stated.value;
  return isPadded ? [] : claimsOf(scope, [VOCABULARY]);
}

export const sizeClaims = (scope: Scope) => claimsOf(scope, SIZES);

const rowsOf = ({ tensors }: Scope) =>
  commonLength(
    tensors.filter(({ name }) => isInputEmbedding(name)),
    0,
  ) ?? 0;

/** Where tensors of one kind disagree among themselves nothing is said: such models have a size a layer. */
function claimsOf(scope: Scope, sizes: readonly Size[]): readonly Claim[] {
  const type = String(scope.config['model_type'] ?? '');
  return sizes.flatMap((size): readonly Claim[] => {
    if (type !== '' && size.except?.test(type)) return [];
    const stated = numberIn(scope.config, ...size.fields);
    if (!stated) return [];
    const all = scope.tensors.filter(
      ({ name, shape }) => size.tensors(name) && shape.length > size.axis,
    );
    const length = commonLength(all, size.axis);
    const found = length === null ? null : length / (size.times ?? 1);
    if (found === null || found === stated.value) return [];
    const path = [...scope.path, stated.field];
    const whole = Number.isInteger(found) && !HIDDEN.includes(stated.field);
    return [
      {
        field: path.join('.'),
        says: `${path.join('.')} ${stated.value}`,
        found: `${all[0].name} has ${length} ${size.unit}`,
        effect: notLoaded,
        tensor: all[0].name,
        edits: whole ? [{ path, value: found }] : [],
      },
    ];
  });
}

/** Null when there are none, or not all are alike. */
export function commonLength(tensors: readonly Kind[], axis: number): number | null {
  const lengths = new Set(tensors.map(({ shape }) => shape[axis]));
  return lengths.size === 1 ? [...lengths][0] : null;
}
