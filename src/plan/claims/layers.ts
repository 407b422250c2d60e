/** How many layers and experts config.json states, and how many there are. */
import { placeOf } from '../groups.ts';
import { type Claim, numberIn, type Scope } from './scope.ts';

const fresh = 'transformers fills what is not there with random values';
const ignored = 'transformers leaves out the layers beyond it';

/** Silent where a model has several stacks that are not an encoder and a decoder. */
export function layerClaims(scope: Scope): readonly Claim[] {
  const stacks = new Map<string, Set<number>>();
  // Experts are many, and no layer is made of them alone.
  const tensors = scope.tensors.filter(({ name }) => !name.includes('.experts.'));
  for (const name of tensors.flatMap(({ names }) => names)) {
    const { stack, layer } = placeOf(name);
    if (stack === null || layer === null) continue;
    stacks.set(stack, (stacks.get(stack) ?? new Set()).add(layer));
  }
  if (stacks.size > 2) return [];
  return [...stacks].flatMap(([stack, layers]) => {
    const side = /(?:^|\.)(encoder|decoder)\./.exec(stack)?.[1];
    const own = side ? [`${side}_layers`, `num_${side}_layers`] : [];
    if (stacks.size === 1) return claimOf(scope, stack, layers, [...own, ...FIELDS]);
    return side ? claimOf(scope, stack, layers, [...own, 'num_layers']) : [];
  });
}

const FIELDS = ['num_hidden_layers', 'n_layer', 'n_layers', 'num_layers'];

function claimOf(
  { path, config }: Scope,
  stack: string,
  layers: ReadonlySet<number>,
  fields: readonly string[],
): readonly Claim[] {
  const stated = numberIn(config, ...fields);
  if (!stated) return [];
  const { field, value } = stated;
  const count = layers.size;
  const isWhole = Math.max(...layers) === count - 1;
  // Layers for the prediction of further tokens are stored behind the others and not counted.
  const further = numberIn(config, 'num_nextn_predict_layers')?.value ?? 0;
  if (isWhole && (count === value || count === value + further)) return [];
  const missing = Array.from({ length: value }, (_, i) => i).filter((layer) => !layers.has(layer));
  const found = isWhole
    ? `${stack} has ${count} layers`
    : `${stack} lacks layer ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ' and more' : ''}`;
  const lists = Object.entries(config).filter(
    ([, list]) => Array.isArray(list) && list.length === value && value > 1,
  ) as readonly (readonly [string, readonly unknown[]])[];
  const canFollow = isWhole && (lists.length === 0 || count < value);
  return [
    {
      field: [...path, field].join('.'),
      says: `${[...path, field].join('.')} ${value}`,
      found,
      effect: missing.length > 0 ? fresh : ignored,
      tensor: stack,
      edits: canFollow
        ? [
            { path: [...path, field], value: count },
            ...lists.map(([key, list]) => ({ path: [...path, key], value: list.slice(0, count) })),
          ]
        : [],
    },
  ];
}

const EXPERT = /\.experts\.(\d+)\./;
const FUSED = /\.experts\.(?:gate_up_proj|w1|w13)$/;

export function expertClaims({ path, config, tensors }: Scope): readonly Claim[] {
  const stated = numberIn(
    config,
    ...['num_local_experts', 'n_routed_experts', 'num_experts', 'moe_num_experts'],
  );
  if (!stated) return [];
  // What one of their matrices shows holds for all.
  const one = tensors.find(({ name }) => EXPERT.test(name) || FUSED.test(name));
  const counts = new Map<string, number>();
  for (const name of one?.names ?? []) {
    const expert = EXPERT.exec(name);
    const box = name.slice(0, expert?.index ?? name.indexOf('.experts.'));
    const count = expert ? Number(expert[1]) + 1 : one!.shape[0];
    counts.set(box, Math.max(counts.get(box) ?? 0, count));
  }
  const all = new Set(counts.values());
  if (all.size !== 1 || all.has(stated.value)) return [];
  const [[box, count]] = counts;
  const at = [...path, stated.field];
  return [
    {
      field: at.join('.'),
      says: `${at.join('.')} ${stated.value}`,
      found: `${box} has ${count} experts`,
      effect: count < stated.value ? fresh : 'transformers leaves out the experts beyond it',
      tensor: box,
      edits: [{ path: at, value: count }],
    },
  ];
}
