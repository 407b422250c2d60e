import { describe, expect, test } from 'vitest';
import type { Model } from '../../formats/model.ts';
import type { Slice, SliceSource } from '../../recipe/recipe.ts';
import { headerModel, placeIn } from '../../testing/model.ts';
import { findingOf, findingsOf, jobOf, planned, recipeOf } from '../../testing/planning.ts';

const shapes = (layers: number, dtype: 'BF16' | 'F32' = 'BF16') =>
  Object.fromEntries(
    [
      'model.embed_tokens.weight',
      ...Array.from({ length: layers }, (_, i) => `model.layers.${i}.mlp.up_proj.weight`),
      'model.norm.weight',
      'lm_head.weight',
    ].map((name) => [name, [dtype, name === 'model.norm.weight' ? [4] : [8, 4]]] as const),
  );
const config = (layers: number, more: object = {}) => ({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 4,
  intermediate_size: 8,
  num_hidden_layers: layers,
  vocab_size: 8,
  ...more,
});
const companions = (layers: number, more: object = {}) => ({
  'config.json': JSON.stringify(config(layers, more)),
});
const model = (id: string, layers: number, more: object = {}) =>
  headerModel(id, shapes(layers), {
    config: config(layers, more),
    companions: companions(layers, more),
  });
const a = model('a', 4);
const b = model('b', 6);

/** Where a layer's weight lies. */
const weightIn = (of: Model, layer: number) => {
  const { begin, end } = placeIn(of, `model.layers.${layer}.mlp.up_proj.weight`);
  return { model: of.id, begin, end };
};

let made = 0;
const slice = (...sources: readonly (readonly [string, number, number])[]): Slice => ({
  id: `slice-${++made}`,
  sources: sources.map(([model, from, to]): SliceSource => ({ model, from, to, values: {} })),
  method: null,
  values: {},
  rules: [],
});
const of = (one: Model, other: Model, slices: readonly Slice[], more = {}) =>
  recipeOf(null, [one, other], { method: 'passthrough', slices, ...more });
const stacked = (slices: readonly Slice[], more = {}) => of(a, b, slices, more);

const textOf = (plan: ReturnType<typeof planned>, name: string) => {
  const file = plan.sideFiles.find((each) => each.name === name);
  return file && 'text' in file ? file.text : '';
};

/** "lm_head.weight: b lm_head.weight" of every tensor that is copied. */
function copies(plan: ReturnType<typeof planned>): readonly string[] {
  const models = new Map([a, b].map((each) => [each.id, each]));
  return plan.jobs.map(({ tensor, parts }) => {
    const [part] = parts;
    if (parts.length !== 1 || part.kind !== 'copy') return `${tensor}: ${part.kind}`;
    const { model, begin } = part.span;
    const own = [...models.get(model)!.tensors.values()].find(
      (entry) => 'begin' in entry && entry.begin === begin,
    );
    return `${tensor}: ${model} ${own?.name}`;
  });
}

describe('layers of two models', () => {
  const slices = [slice(['a', 0, 2]), slice(['b', 1, 3]), slice(['a', 1, 2])];
  const plan = planned(stacked(slices), [a, b]);

  test('get new numbers, and every tensor is a copy', () => {
    expect(copies(plan).toSorted()).toEqual([
      'lm_head.weight: a lm_head.weight',
      'model.embed_tokens.weight: a model.embed_tokens.weight',
      'model.layers.0.mlp.up_proj.weight: a model.layers.0.mlp.up_proj.weight',
      'model.layers.1.mlp.up_proj.weight: a model.layers.1.mlp.up_proj.weight',
      'model.layers.2.mlp.up_proj.weight: b model.layers.1.mlp.up_proj.weight',
      'model.layers.3.mlp.up_proj.weight: b model.layers.2.mlp.up_proj.weight',
      'model.layers.4.mlp.up_proj.weight: a model.layers.1.mlp.up_proj.weight',
      'model.norm.weight: a model.norm.weight',
    ]);
  });

  test('are as many as config.json says', () => {
    expect(JSON.parse(textOf(plan, 'config.json'))).toMatchObject({ num_hidden_layers: 5 });
    expect(plan.findings.map(({ code }) => code)).not.toContain('config-claims');
  });

  test('are told in the model card', () => {
    expect(textOf(plan, 'README.md')).toContain(
      '- 0 to 1: layers 0 to 1 of a\n- 2 to 3: layers 1 to 2 of b\n- 4: layer 1 of a\n',
    );
  });

  test('are held against nothing: none of them was changed', () => {
    expect(plan.jobs.map(({ original }) => original)).toEqual(plan.jobs.map(() => null));
  });
});

test('embeddings come from the first slice, norm and head from the last, with layers or without', () => {
  const plan = planned(stacked([slice(['b', 0, 0]), slice(['a', 0, 4]), slice(['b', 6, 6])]), [
    a,
    b,
  ]);
  const found = copies(plan);
  expect(found).toContain('model.embed_tokens.weight: b model.embed_tokens.weight');
  expect(found).toContain('model.norm.weight: b model.norm.weight');
  expect(found).toContain('lm_head.weight: b lm_head.weight');
  expect(found).toContain('model.layers.3.mlp.up_proj.weight: a model.layers.3.mlp.up_proj.weight');
  expect(plan.jobs).toHaveLength(7);
});

describe('a slice of several models', () => {
  const weighted = slice(['a', 0, 3], ['b', 3, 6]);
  const slices = [
    {
      ...weighted,
      sources: [weighted.sources[0], { ...weighted.sources[1], values: { weight: 0.5 } }],
      values: { normalize: false },
    },
    slice(['b', 4, 6]),
  ];
  const recipe = stacked(slices, { method: 'linear' });
  const plan = planned(recipe, [a, b]);

  test('merges layers of different numbers, with values of its own', () => {
    const { parts } = jobOf(plan, 'model.layers.1.mlp.up_proj.weight');
    expect(parts).toMatchObject([
      {
        kind: 'merge',
        planes: [weightIn(a, 1), weightIn(b, 4)],
        global: { normalize: false },
        perModel: [{ weight: 1 }, { weight: 0.5 }],
      },
    ]);
  });

  test('merges the embeddings as well where it is the first', () => {
    const { parts } = jobOf(plan, 'model.embed_tokens.weight');
    expect(parts).toMatchObject([{ kind: 'merge', perModel: [{ weight: 1 }, { weight: 0.5 }] }]);
  });

  test('a gradient runs over the slice, and rules of a model see its own names', () => {
    const rule = (model: string | null, text: string, value: number | readonly number[]) => ({
      id: text,
      filter: { kind: 'contains', text } as const,
      parameter: 'weight',
      model,
      value,
    });
    const rules = [rule('b', 'layers.5.', 9), rule(null, 'up_proj', [1, 3])];
    const withRules = planned({ ...recipe, rules }, [a, b]);
    const weights = [0, 1, 2, 3, 4].map((layer) => {
      const [part] = jobOf(withRules, `model.layers.${layer}.mlp.up_proj.weight`).parts;
      return part.kind === 'merge' && part.perModel.map(({ weight }) => weight);
    });
    // Of b the weight of the first slice is its own, so no rule counts; layer 5 of b is the last of the second slice.
    expect(weights).toEqual([[1, 0.5], [2, 0.5], [3, 0.5], [1], [9]]);
  });
});

test('rules see a tied model’s embedding as the head that it stands in for', () => {
  const { 'lm_head.weight': _, ...headless } = shapes(4);
  const tied = headerModel('b', headless, { config: config(4, { tie_word_embeddings: true }) });
  const rule = (text: string, value: number) =>
    ({
      id: text,
      filter: { kind: 'contains', text },
      parameter: 'weight',
      model: 'b',
      value,
    }) as const;
  const rules = [rule('embed', 3), rule('lm_head', 2)];
  const slices = [{ ...slice(['a', 0, 4], ['b', 0, 4]), rules }];
  const plan = planned(of(a, tied, slices, { method: 'linear' }), [a, tied]);
  const weights = (name: string) => {
    const [part] = jobOf(plan, name).parts;
    return part.kind === 'merge' ? part.perModel.map(({ weight }) => weight) : [];
  };
  expect(weights('model.embed_tokens.weight')).toEqual([1, 3]);
  expect(weights('lm_head.weight')).toEqual([1, 2]);
});

test('head and embedding of different models are two matrices, whichever of them is tied', () => {
  const tie = { tie_word_embeddings: true };
  const { 'lm_head.weight': _, ...headless } = shapes(4);
  const tied = headerModel('b', headless, {
    config: config(4, tie),
    companions: companions(4, tie),
  });
  const ends = (first: string, last: string) => [slice([first, 0, 2]), slice([last, 2, 4])];
  for (const [one, other] of [[a, tied] as const, [tied, a] as const]) {
    const recipe = of(one, other, ends(one.id, other.id));
    expect(findingOf(recipe, [one, other], 'tied-head')).toMatchObject({
      severity: 'error',
      fixes: [{ kind: 'set-head', value: 'untied' }],
    });
    const plan = planned({ ...recipe, head: 'untied' }, [one, other]);
    const name = other === tied ? 'model.embed_tokens.weight' : 'lm_head.weight';
    const { begin } = placeIn(other, name);
    expect(jobOf(plan, 'lm_head.weight').parts).toMatchObject([
      { kind: 'copy', span: { model: other.id, begin } },
    ]);
    expect(JSON.parse(textOf(plan, 'config.json'))).toMatchObject({ tie_word_embeddings: false });
  }
});

test('the base is taken at its own layers, and a slice of it alone is a copy', () => {
  const base = model('base', 6);
  const recipe = recipeOf(base, [a], {
    slices: [slice(['base', 2, 4], ['a', 0, 2]), slice(['base', 4, 6])],
  });
  const plan = planned(recipe, [base, a]);
  const name = (layer: number) => `model.layers.${layer}.mlp.up_proj.weight`;
  expect(jobOf(plan, name(1)).parts).toMatchObject([
    {
      kind: 'merge',
      planes: [weightIn(a, 1)],
      base: weightIn(base, 3),
    },
  ]);
  expect(jobOf(plan, name(3)).parts).toMatchObject([{ kind: 'copy', span: weightIn(base, 5) }]);
});

test('a slice may have a method of its own, with its own defaults', () => {
  const base = model('base', 4);
  const own = { ...slice(['a', 3, 4], ['b', 3, 4]), method: 'linear' };
  const recipe = recipeOf(base, [a, b], {
    method: 'ties',
    values: { lambda: 0.5 },
    slices: [slice(['base', 0, 3], ['a', 0, 3]), own],
  });
  const plan = planned(recipe, [base, a, b]);
  const [first] = jobOf(plan, 'model.layers.0.mlp.up_proj.weight').parts;
  expect(first).not.toHaveProperty('craft');
  expect(first).toMatchObject({ global: { lambda: 0.5 } });
  expect(jobOf(plan, 'model.layers.3.mlp.up_proj.weight').parts).toMatchObject([
    {
      base: null,
      global: { normalize: true },
      perModel: [{ weight: 1 }, { weight: 1 }],
      craft: { method: 'linear' },
    },
  ]);
});

test('a slice may make a choice of its own, over the recipe’s', () => {
  const base = model('base', 4);
  const [all, own] = [slice(['base', 0, 3], ['a', 0, 3]), slice(['base', 3, 4], ['a', 3, 4])];
  const recipe = recipeOf(base, [a], {
    method: 'ties',
    arithmetic: { divisor: 'none', election: 'frequency' },
    slices: [all, { ...own, arithmetic: { divisor: 'count' } }],
  });
  const plan = planned(recipe, [base, a]);
  expect(jobOf(plan, 'model.layers.0.mlp.up_proj.weight').parts[0]).not.toHaveProperty('craft');
  expect(jobOf(plan, 'model.layers.3.mlp.up_proj.weight').parts).toMatchObject([
    { craft: { method: 'ties', arithmetic: { divisor: 'count', election: 'frequency' } } },
  ]);
  // A trim over the whole model is of all that are merged by its method.
  const values = { density: 0.5 };
  const wide = { ...recipe, trimScope: 'model', experts: [{ ...recipe.experts[0], values }] };
  const whole = planned(wide as typeof recipe, [base, a]);
  const merged = whole.jobs.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'merge' ? [part.elementCount] : [])),
  );
  const elements = merged.reduce((sum, count) => sum + count, 0);
  expect(whole.wholeModelCounts).toEqual([elements / 2]);
});

test('whether a method computes with the base in a slice is said by the recipe', () => {
  const base = model('base', 4);
  const recipe = recipeOf(base, [a, b], {
    ...{ method: 'nuslerp', values: { of: 'taskVectors' } },
    slices: [slice(['base', 0, 4], ['a', 0, 4], ['b', 1, 5])],
  });
  const [part] = jobOf(planned(recipe, [base, a, b]), 'model.layers.1.mlp.up_proj.weight').parts;
  expect(part).toMatchObject({ base: weightIn(base, 1), planes: [weightIn(a, 1), weightIn(b, 2)] });
});

test('head and embedding that slices merge by other methods are told of each other', () => {
  const base = model('base', 4);
  const of = ['base', 'a'].map((id) => [id, 0, 2] as const);
  const own = (method: string) => ({ ...slice(...of), method, values: { lambda: 1 } });
  const recipe = recipeOf(base, [a], { method: 'ties', slices: [own('tsv_m'), own('iso_c')] });
  const plan = planned(recipe, [base, a]);
  const { twin } = jobOf(plan, 'lm_head.weight');
  expect(twin?.likewise?.parts).toEqual(jobOf(plan, 'model.embed_tokens.weight').parts);
});

describe('config.json', () => {
  const configOf = (first: object, second: object, ...slices: readonly Slice[]) => {
    const [one, other] = [model('a', 4, first), model('b', 6, second)];
    const plan = planned(stacked(slices), [one, other]);
    return JSON.parse(textOf(plan, 'config.json'));
  };
  const kinds = (text: string) =>
    [...text].map((letter) => (letter === 'f' ? 'full_attention' : 'sliding_attention'));
  const both = [slice(['a', 1, 3]), slice(['b', 3, 6])];

  test('has lists of layers by their origin, each from the model that gives it', () => {
    const found = configOf(
      { layer_types: kinds('sfsf'), eos_token_id: [1, 2, 3, 4] },
      { layer_types: kinds('sssfff') },
      ...both,
    );
    expect(found).toMatchObject({
      num_hidden_layers: 5,
      layer_types: kinds('fsfff'),
      eos_token_id: [1, 2, 3, 4],
    });
  });

  test('has lists of layer numbers by their origin, too', () => {
    const found = configOf({ mlp_only_layers: [0, 2] }, { mlp_only_layers: [5] }, ...both);
    expect(found).toMatchObject({ mlp_only_layers: [1, 4] });
  });

  test('has no window where no layer had one, and else where they begin', () => {
    expect(configOf({ max_window_layers: 4 }, { max_window_layers: 6 }, ...both)).toMatchObject({
      max_window_layers: 5,
    });
    expect(configOf({ max_window_layers: 28 }, {}, ...both)).toMatchObject({
      max_window_layers: 28,
    });
    expect(
      configOf({ max_window_layers: 2 }, { max_window_layers: 4 }, slice(['a', 0, 3])),
    ).toMatchObject({
      max_window_layers: 2,
    });
  });

  test('names kinds that follow from the number of a layer alone', () => {
    const gemma = { model_type: 'gemma2', tie_word_embeddings: false };
    expect(configOf(gemma, gemma, ...both)).toMatchObject({ layer_types: kinds('fsfsf') });
  });

  test.each(['n_layer', 'num_layers', 'n_layers'])(
    'counts layers as %s where it is called so',
    (key) => {
      const named = { [key]: 4, num_hidden_layers: undefined };
      expect(configOf(named, {}, ...both)).toMatchObject({ [key]: 5 });
    },
  );

  test('is warned about where a period says what a layer is', () => {
    const odd = model('a', 4, { full_attention_interval: 2 });
    const found = findingOf(stacked([slice(['a', 1, 3])]), [odd, b], 'slice-kinds');
    expect(found.message).toContain('by full_attention_interval what a layer is');
  });
});

describe('what cannot be stacked', () => {
  const codes = (slices: readonly Slice[], more = {}) =>
    findingsOf(stacked(slices, more), [a, b])
      .filter(({ severity }) => severity === 'error')
      .map(({ code }) => code);

  test('a range beyond the model', () => {
    const found = findingOf(stacked([slice(['a', 2, 5])]), [a, b], 'slice-range');
    expect(found.message).toBe('Slice 1 takes layers 2 to 4 of a, which has 4 layers, 0 to 3.');
    expect(found.place).toEqual({ slice: 0, model: 'a' });
  });

  test('a model that is not in the recipe', () => {
    expect(codes([slice(['c', 0, 1])])).toEqual(['slice-model']);
  });

  test('more models than the method takes', () => {
    expect(codes([slice(['a', 0, 1], ['b', 0, 1])])).toEqual(['slice-arity']);
  });

  test('task vectors without a base in their slice', () => {
    const base = model('base', 4);
    const recipe = recipeOf(base, [a], { slices: [slice(['a', 0, 4])] });
    expect(findingOf(recipe, [base, a], 'slice-base').message).toBe(
      'Slice 1 lacks the base, which Task arithmetic computes with: base.',
    );
  });

  test('no layers at all, and adapters', () => {
    expect(codes([slice(['a', 0, 0])])).toEqual(['slices-empty']);
  });

  test('models of two stacks', () => {
    const odd = headerModel('a', {
      'encoder.block.0.layer.0.weight': ['F32', [4]],
      'decoder.block.0.layer.0.weight': ['F32', [4]],
    });
    const found = findingOf(of(odd, b, [slice(['a', 0, 1])]), [odd, b], 'slice-stack');
    expect(found.message).toContain('has 2 stacks of layers, encoder.block (1), decoder.block (1)');
  });

  test('embedding and head of other vocabularies', () => {
    const more = headerModel('b', { ...shapes(6), 'lm_head.weight': ['BF16', [9, 4]] });
    const recipe = of(a, more, [slice(['a', 0, 2]), slice(['b', 2, 4])]);
    const { message, fixes } = findingOf(recipe, [a, more], 'slice-rows');
    expect(message).toContain(
      'model.embed_tokens.weight would have 8 rows and lm_head.weight 9 rows',
    );
    expect(fixes?.map(({ kind }) => kind)).toEqual(['set-tokens', 'set-tokens']);
    const own = of(more, a, [slice(['b', 0, 2])]);
    expect(findingsOf(own, [more, a]).map(({ code }) => code)).not.toContain('slice-rows');
  });

  test('layers of other shapes in one slice, by the usual finding', () => {
    const wide = headerModel('b', {
      ...shapes(6),
      'model.layers.3.mlp.up_proj.weight': ['BF16', [9, 4]],
    });
    const recipe = of(a, wide, [slice(['a', 0, 2], ['b', 2, 4])], { method: 'linear' });
    expect(findingOf(recipe, [a, wide], 'shape-mismatch').message).toContain(
      'model.layers.3.mlp.up_proj.weight has shape [9, 4] in b',
    );
  });
});

test('an expert that no slice takes layers of is told', () => {
  const { severity, message } = findingOf(stacked([slice(['a', 0, 4])]), [a, b], 'slice-unused');
  expect([severity, message]).toEqual([
    'note',
    'No slice takes layers of b: it has no part in the output.',
  ]);
});

test('a range that ends one short is warned about, and whose ends there are is told', () => {
  const recipe = stacked([slice(['a', 0, 2]), slice(['b', 2, 5])]);
  expect(findingOf(recipe, [a, b], 'slice-last-layer').message).toBe(
    'Slice 2 ends the layers with layer 4 of b, whose last is 5.',
  );
  expect(findingOf(recipe, [a, b], 'slice-ends').message).toBe(
    'Embeddings come from a, the final norm and the head from b: of the first and the last slice.',
  );
});
