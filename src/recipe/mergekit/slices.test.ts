import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findMethod } from '../../methods/registry.ts';
import type { Part } from '../../plan/types.ts';
import { headerModel, refTo } from '../../testing/model.ts';
import { planned } from '../../testing/planning.ts';
import { emptyRecipe } from '../defaults.ts';
import { parseRecipe } from '../parse.ts';
import type { Recipe, Rule, Slice } from '../recipe.ts';
import { sliceOf } from '../slices.ts';
import { importMergekit } from './to-recipe.ts';
import { exportMergekit } from './write.ts';

const depths = { base: 6, a: 6, b: 8 };
const models = Object.entries(depths).map(([id, layers]) =>
  headerModel(
    id,
    Object.fromEntries(
      [
        'model.embed_tokens.weight',
        ...Array.from({ length: layers }, (_, i) => [
          `model.layers.${i}.self_attn.o_proj.weight`,
          `model.layers.${i}.mlp.down_proj.weight`,
        ]).flat(),
        'model.norm.weight',
        'lm_head.weight',
      ].map((name) => [name, ['BF16', [4, 4]]] as const),
    ),
  ),
);
const refs = models.map(refTo);
const [base, a, b] = refs;
const known = { adapters: new Set<string>(), baseDtype: 'BF16' } as const;

function imported(text: string) {
  const made = importMergekit(text, refs, emptyRecipe());
  if ('problem' in made) throw new Error(`${made.problem}\n${text}`);
  expect(parseRecipe(JSON.parse(JSON.stringify(made.recipe)))).toEqual({ recipe: made.recipe });
  return made;
}
const remarks = (text: string) =>
  imported(text).remarks.map(({ line, kind, text }) => `${line} ${kind}: ${text}`);

/** Of every tensor of the output where it is from and what it is merged with. */
function meaning(recipe: Recipe) {
  const { jobs } = planned({ ...recipe, smallShare: 'merge anyway' }, models);
  return jobs.map(({ tensor, dtype, parts }) => [tensor, dtype, parts.map(meaningOf)]);
}
function meaningOf(part: Part) {
  if (part.kind !== 'merge') return part;
  const { planes, base, global, perModel } = part;
  return { planes, base, perModel, global: { ...global, seed: 0 } };
}

describe('slices of mergekit are read', () => {
  test('a frankenmerge with damped projections and a tail for the head', () => {
    const { recipe, remarks } = imported(`
merge_method: passthrough
slices:
  - sources: [{model: a, layer_range: [0, 2]}]
  - sources:
      - model: b
        layer_range: [1, 2]
        parameters:
          scale:
            - {filter: o_proj, value: 0.0}
            - {filter: down_proj, value: 0.0}
            - {value: 1.0}
  - sources: [{model: b, layer_range: [2, 2]}]
dtype: float16`);
    const zero = (id: string, text: string): Rule => ({
      ...{ id, filter: { kind: 'contains', text }, parameter: 'scale' },
      ...{ model: null, value: 0 },
    });
    expect(recipe.slices).toEqual([
      sliceOf('slice-1', 'a', 0, 2),
      {
        ...sliceOf('slice-2', 'b', 1, 2),
        sources: [{ model: 'b', from: 1, to: 2, values: { scale: 1 } }],
        rules: [zero('slice-2-1', 'o_proj'), zero('slice-2-2', 'down_proj')],
      },
      sliceOf('slice-3', 'b', 2, 2),
    ]);
    expect(recipe.experts).toEqual([
      { model: a, values: {} },
      { model: b, values: {} },
    ]);
    expect(remarks).toEqual([]);
  });

  test('with parameters of a slice, of a source and of the recipe', () => {
    const { recipe } = imported(`
merge_method: task_arithmetic
base_model: base
slices:
  - sources:
      - {model: base, layer_range: [0, 3]}
      - {model: a, layer_range: [1, 4], parameters: {weight: [0, 1]}}
      - {model: b, layer_range: [2, 5]}
    parameters: {weight: 0.25, lambda: 0.5}
  - sources:
      - {model: b, layer_range: [3, 6]}
      - {model: base, layer_range: [3, 6]}
parameters: {weight: 0.75}`);
    expect(recipe.slices).toEqual([
      {
        id: 'slice-1',
        sources: [
          { model: 'base', from: 0, to: 3, values: {} },
          { model: 'a', from: 1, to: 4, values: { weight: 0 } },
          { model: 'b', from: 2, to: 5, values: { weight: 0.25 } },
        ],
        method: null,
        values: { lambda: 0.5 },
        rules: [
          {
            id: 'slice-1-1',
            filter: { kind: 'contains', text: '' },
            parameter: 'weight',
            model: 'a',
            value: [0, 1],
          },
        ],
      },
      {
        ...sliceOf('slice-2', 'base', 3, 6),
        sources: ['base', 'b'].map((model) => ({ model, from: 3, to: 6, values: {} })),
      },
    ]);
    expect(recipe.experts.map(({ values }) => values)).toEqual([
      { weight: 0.75 },
      { weight: 0.75 },
    ]);
  });

  test('what holds for one slice alone is the recipe’s where there is one alone', () => {
    const { recipe } = imported(`
merge_method: ties
slices:
  - base_model: base
    parameters: {weight: 0.5, density: 0.6, normalize: false}
    sources:
      - {model: base, layer_range: [0, 2]}
      - {model: a, layer_range: [0, 2]}
      - {model: b, layer_range: [0, 2], parameters: {weight: 0.25}}`);
    expect(recipe.slices).toEqual([
      {
        ...sliceOf('slice-1', 'base', 0, 2),
        sources: ['base', 'a', 'b'].map((model) => ({ model, from: 0, to: 2, values: {} })),
      },
    ]);
    expect(recipe.base).toEqual(base);
    expect(recipe.arithmetic).toMatchObject({ divisor: 'none' });
    expect(recipe.experts.map(({ values }) => values)).toEqual([
      { weight: 0.5, density: 0.6 },
      { weight: 0.25, density: 0.6 },
    ]);
  });

  test('and told by line where mergekit is wrong without a word, or stops', () => {
    expect(
      remarks(`merge_method: passthrough
slices:
  - sources: [{model: a, layer_range: [0, -1]}]
  - sources: [{model: b, layer_range: [0, 8]}]
    residual_weight: 0.5`),
    ).toEqual([
      '3 ignored: layer_range [0, -1] holds no layer: mergekit takes none, without a word, and writes a layer count that is 1 short. For all layers write how many the model has, as [0, 32].',
      '5 ignored: residual_weight is no part of a slice that counts; mergekit ignores it.',
    ]);
    expect(
      remarks(`merge_method: ties
base_model: base
slices:
  - sources: [{model: base, layer_range: [0, 2]}, {model: a, layer_range: [0, 2]}]
  - sources: [{model: a, layer_range: [2, 6]}]
    parameters: {weight: 1, normalize: false}`),
    ).toEqual([
      '4 refused: ties needs weight of a, and mergekit stops without it; here it is the default.',
      '5 note: The last slice has 1 model and the first 2: for the final norm and the head mergekit goes by the first’s number; here all of the last slice are taken.',
      '5 refused: The slice lacks the base base, and mergekit stops: with slices it is named among the sources.',
    ]);
  });
});

test('a choice of one slice is its own, and comes back from YAML as it was', () => {
  const text = `merge_method: ties
base_model: base
slices:
  - sources: [{model: base, layer_range: [0, 2]}, {model: a, layer_range: [0, 2]}]
  - sources: [{model: base, layer_range: [2, 6]}, {model: a, layer_range: [2, 6]}]
    parameters: {normalize: true}
parameters: {weight: 1, normalize: false}`;
  const { recipe, remarks } = imported(text);
  expect(remarks.filter(({ kind }) => kind === 'left out')).toEqual([]);
  expect(recipe.arithmetic).toEqual({ divisor: 'none' });
  expect(recipe.slices!.map(({ arithmetic }) => arithmetic)).toEqual([
    undefined,
    { divisor: 'weights' },
  ]);
  const written = exportMergekit(recipe, known);
  expect(written.beyond).toEqual([]);
  expect(written.text).toContain('    parameters:\n      normalize: true\n');
  const again = imported(written.text!).recipe;
  expect(meaning(again)).toEqual(meaning(recipe));
  expect(again.slices![1].arithmetic).toEqual({ divisor: 'weights' });
  const odd = recipe.slices!.map((slice) => ({
    ...slice,
    arithmetic: { divisor: 'count', zeroVote: 'drop' } as const,
  }));
  expect(exportMergekit({ ...recipe, slices: odd }, known).beyond).toHaveLength(2);
});

test('slices are written with what holds in each', () => {
  const { text, beyond } = exportMergekit(
    {
      ...emptyRecipe(),
      ...{ dialect: 'mergekit', method: 'linear', values: { normalize: false } },
      experts: [
        { model: a, values: { weight: 0.5 } },
        { model: b, values: {} },
      ],
      slices: [
        sliceOf('1', 'b', 0, 2),
        {
          ...sliceOf('2', 'a', 2, 4),
          sources: [
            { model: 'b', from: 4, to: 6, values: { weight: 2 } },
            { model: 'a', from: 2, to: 4, values: {} },
          ],
          values: { normalize: true },
        },
        { ...sliceOf('3', 'a', 5, 6), method: 'passthrough' },
      ],
    },
    known,
  );
  expect(text).toBe(`merge_method: linear
base_model: a
slices:
  - sources:
      - model: b
        layer_range: [0, 2]
        parameters:
          weight: 1
  - sources:
      - model: a
        layer_range: [2, 4]
        parameters:
          weight: 0.5
      - model: b
        layer_range: [4, 6]
        parameters:
          weight: 2
    parameters:
      normalize: true
  - sources:
      - model: a
        layer_range: [5, 6]
        parameters:
          weight: 0.5
parameters:
  normalize: false
`);
  expect(beyond).toEqual(['slice 3 has a method of its own; mergekit has one for all']);
});

const amount = fc.constantFrom(0.25, 0.5, 1, 2);
const rules = fc.array(
  fc.record({
    text: fc.constantFrom('o_proj', 'layers.3.', 'mlp', ''),
    model: fc.constantFrom(null, 'a', 'b'),
    value: fc.oneof(amount, fc.array(amount, { minLength: 2, maxLength: 3 })),
  }),
  { maxLength: 2 },
);
const anySlice = fc.record({
  who: fc.constantFrom('a', 'b', 'both'),
  from: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
  layers: fc.nat(3),
  own: fc.tuple(fc.option(amount), fc.option(amount), fc.option(fc.boolean())),
  rules,
});
const anyRecipe = fc
  .record({
    method: fc.constantFrom('passthrough', 'linear', 'task_arithmetic', 'ties'),
    slices: fc.array(anySlice, { minLength: 1, maxLength: 4 }),
    own: fc.tuple(fc.option(amount), fc.option(amount)),
    rules,
  })
  .map(({ method, slices, own, rules }): Recipe => {
    const key = method === 'passthrough' ? 'scale' : 'weight';
    const { arity, params } = findMethod(method)!;
    const rulesOf = (
      all: readonly { text: string; model: string | null; value: Rule['value'] }[],
    ) =>
      all.flatMap(({ text, model, value }, k): Rule[] => {
        const filter = { kind: 'contains', text } as const;
        const rule = { id: `${k}`, filter, parameter: key, model, value };
        // Outside the layers mergekit takes the first number.
        return typeof value === 'number'
          ? [rule]
          : [rule, { ...rule, id: `${k}'`, value: value[0] }];
      });
    const slice = (
      { who, from, layers, own, rules }: (typeof slices)[number],
      k: number,
    ): Slice => {
      const ids = who !== 'both' ? [who] : arity.models[1] === 1 ? ['b'] : ['a', 'b'];
      const all = arity.base === 'required' ? ['base', ...ids] : ids;
      return {
        id: `s${k}`,
        sources: all.map((model, i) => {
          const value = model === 'base' ? null : own[i % 2];
          const values = value === null ? {} : { [key]: value };
          return { model, from: from[i], to: from[i] + layers, values };
        }),
        method: null,
        values: own[2] === null || !params.global['normalize'] ? {} : { normalize: own[2] },
        rules: rulesOf(rules),
      };
    };
    return {
      ...emptyRecipe(),
      ...{ method, dialect: 'mergekit', base: arity.base === 'required' ? base : null },
      experts: [a, b].map((model, k) => ({
        model,
        values: own[k] === null ? {} : { [key]: own[k] },
      })),
      slices: slices.map(slice),
      rules: rulesOf(rules),
    };
  })
  .filter(({ slices }) => slices!.some(({ sources: [{ from, to }] }) => to > from));

test('slices that are exported come back with the same meaning, and from then on as the same recipe', () => {
  let whole = 0;
  fc.assert(
    fc.property(anyRecipe, (recipe) => {
      const { text, beyond, remarks } = exportMergekit(recipe, known);
      if (beyond.length > 0 || remarks.join().includes('if names there match')) return;
      whole += 1;
      const once = imported(text!).recipe;
      expect(meaning(once)).toEqual(meaning(recipe));
      expect(imported(exportMergekit(once, known).text!).recipe).toEqual(once);
    }),
    { numRuns: 30, seed: 5 },
  );
  expect(whole).toBeGreaterThan(15);
});

test('what all models have alike stands at the top, and a recipe with it comes back as it was', () => {
  const plain = ({ model, text }: { model: unknown; text: string }) =>
    model === null && text !== '';
  let whole = 0;
  fc.assert(
    fc.property(anyRecipe, fc.option(amount), (drawn, own) => {
      const isPlain = (each: readonly Rule[]) =>
        each.every(({ model, filter }) =>
          plain({ model, text: filter.kind === 'contains' ? filter.text : '' }),
        );
      fc.pre([drawn, ...drawn.slices!].every(({ rules }) => isPlain(rules)));
      const key = drawn.method === 'passthrough' ? 'scale' : 'weight';
      const values = own === null || own === 1 ? {} : { [key]: own };
      const recipe = { ...drawn, experts: drawn.experts.map((each) => ({ ...each, values })) };
      const used = new Set(
        recipe.slices!.flatMap(({ sources }) => sources.map(({ model }) => model)),
      );
      // What the only slice says is read as what the recipe says.
      fc.pre(recipe.slices!.length > 1 && used.has('a') && used.has('b'));
      const { text, beyond } = exportMergekit(recipe, known);
      const { recipe: back } = imported(text!);
      const order = (of: Recipe) => of.experts.map(({ model }) => model.id).join();
      if (beyond.length > 0 || order(back) !== order(recipe)) return;
      whole += 1;
      expect(unnumbered(back)).toEqual(unnumbered(recipe));
    }),
    { numRuns: 40, seed: 6 },
  );
  expect(whole).toBeGreaterThan(15);
});

/** Without the ids of slices and rules, which an import gives anew. */
function unnumbered({ slices, rules, experts }: Recipe) {
  const bare = (all: readonly Rule[]) => all.map(({ id: _, ...rule }) => rule);
  return {
    experts: experts.map(({ model, values }) => [model.id, values]),
    rules: bare(rules),
    slices: slices?.map(({ id: _, rules, ...slice }) => ({ ...slice, rules: bare(rules) })),
  };
}

test('a base of a slice is left where the method computes with none, and told by its line', () => {
  const stacked = `merge_method: passthrough
slices:
  - {base_model: a, sources: [{model: a, layer_range: [0, 2]}]}
  - {base_model: a, sources: [{model: b, layer_range: [2, 4]}]}`;
  const made = imported(stacked);
  expect(made.recipe.slices?.map(({ sources }) => sources[0].model)).toEqual(['a', 'b']);
  expect(made.remarks.map(({ line, kind }) => [line, kind])).toEqual([
    [3, 'ignored'],
    [4, 'refused'],
  ]);
});
