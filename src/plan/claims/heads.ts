/** Attention heads: what config.json says of them and what the projections have room for. */
import { type Claim, numberIn, type Scope } from './scope.ts';
import { commonLength, notLoaded } from './sizes.ts';

/** Types whose heads are as wide as they like where the config does not say how wide. */
const OWN_WIDTH = /^(?:$|gemma|qwen3|glm|seed_oss|ministral|apertus|arcee|smollm3|u?m?t5)/;

export function headClaims(scope: Scope): readonly Claim[] {
  const { config, path } = scope;
  const heads = numberIn(
    config,
    ...['num_attention_heads', 'n_head', 'n_heads', 'num_heads', 'encoder_attention_heads'],
  );
  const hidden = numberIn(config, 'hidden_size', 'n_embd', 'd_model', 'dim')?.value ?? null;
  const type = String(config['model_type'] ?? '');
  if (!heads || hidden === null) return [];
  const width = numberIn(config, 'head_dim', 'd_kv');
  const share = OWN_WIDTH.test(type) ? queryRows(scope) / heads.value : hidden / heads.value;
  const size = width?.value ?? Math.floor(share);
  if (size < 1) return [];
  // Types differ in how many there are where nothing is said.
  const shared = numberIn(config, 'num_key_value_heads');
  const keys = shared ?? heads;
  const isSilent = (config['num_key_value_heads'] ?? null) === null;
  const hasKeys = shared !== null || (isSilent && /^(?:llama|phi3)$/.test(type));

  const at = (field: string) => [...path, field];
  const claim = (
    pattern: RegExp,
    { field, value }: { readonly field: string; readonly value: number },
    perHead: number,
    axis = 0,
    fixable = true,
  ): readonly Claim[] => {
    const tensors = scope.tensors.filter(
      ({ name, shape }) => pattern.test(name) && shape.length === 2,
    );
    const length = commonLength(tensors, axis);
    if (length === null || length === value * perHead) return [];
    const count = length / perHead;
    const [{ name }] = tensors;
    return [
      {
        field: at(field).join('.'),
        says: `${at(field).join('.')} ${value}`,
        found: `${name} has ${length} ${axis === 0 ? 'rows' : 'columns'}, not ${value} × ${perHead}`,
        effect: notLoaded,
        tensor: name,
        edits: fixable && Number.isInteger(count) ? [{ path: at(field), value: count }] : [],
      },
    ];
  };

  // Without a width of its own a head takes its share of the hidden size, and the count is not to be seen.
  const own = width !== null;
  const fused = (size * (heads.value + 2 * keys.value)) / heads.value;
  return [
    ...claim(/\.self_attn\.q_proj\.weight$/, heads, size, 0, own),
    ...(hasKeys ? claim(/\.self_attn\.k_proj\.weight$/, keys, size, 0, keys !== heads) : []),
    ...claim(/\.SelfAttention\.q\.weight$/, heads, size, 0, own),
    ...(hasKeys ? claim(/\.self_attn\.qkv_proj\.weight$/, heads, fused, 0, false) : []),
    ...claim(/\.attention\.(?:self|attention)\.query\.weight$/, heads, size, 0, false),
    ...claim(/\.attention\.q_lin\.weight$/, heads, size, 0, false),
    ...(type === 'gpt_neox'
      ? claim(/\.attention\.query_key_value\.weight$/, heads, 3 * size, 0, false)
      : []),
    ...(type === 'gpt2' ? claim(/\.attn\.c_attn\.weight$/, heads, 3 * size, 1, false) : []),
  ];
}

/** Zero without queries of one size. */
function queryRows({ tensors }: Scope): number {
  const queries = tensors.filter(({ name }) =>
    /\.(?:self_attn\.q_proj|SelfAttention\.q)\.weight$/.test(name),
  );
  return commonLength(queries, 0) ?? 0;
}
