/**
 * A recipe of mergekit of many layers with filters and gradients: what reading, writing and checking it takes, each in one
 * task on the page's thread, and what planning takes in the engine's worker. By the processor
 * time of this process, of all its threads.
 */
import { type Prospect, prospectOf } from '../src/plan/outlook.ts';
import { plan } from '../src/plan/plan.ts';
import { canonicalJson } from '../src/recipe/canonical.ts';
import { emptyRecipe } from '../src/recipe/defaults.ts';
import { readSeries } from '../src/recipe/mergekit/series.ts';
import { importMergekit } from '../src/recipe/mergekit/to-recipe.ts';
import { exportMergekit } from '../src/recipe/mergekit/write.ts';
import { parseRecipe } from '../src/recipe/parse.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { type HeaderTensor, headerModel, refTo } from '../src/testing/model.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const layers = numberFlag(surroundings, 'layers', 128);
  const repeats = numberFlag(surroundings, 'repeats', 5);
  const models = ['base', 'a', 'b', 'c', 'd'].map((name) => headerModel(name, tensorsOf(layers)));
  const open = models.map(refTo);
  const text = yamlOf(['a', 'b', 'c', 'd']);
  const read = importMergekit(text, open, emptyRecipe());
  if ('problem' in read) throw new Error(read.problem);
  const { recipe } = read;
  const known = { adapters: new Set<string>(), baseDtype: 'BF16' } as const;
  const input = {
    recipe,
    models: new Map(models.map((model) => [model.id, model])),
    recipeHash: 'hash',
    producer: { version: '0', backend: 'cpu' },
  } as const;
  const made = plan(input);
  if (!('plan' in made)) throw new Error(made.findings.map(({ message }) => message).join('\n'));
  const prospect: Prospect = prospectOf(made, input.models);
  // A text that is asked for again is not parsed again.
  let edits = 0;
  const another = () => `${text}# ${++edits}\n`;
  const tasks: readonly (readonly [where: string, what: string, work: () => unknown])[] = [
    ['page', 'YAML read: its recipes and their order', () => readSeries(another())],
    ['page', 'YAML that was read, to a recipe', () => importMergekit(text, open, emptyRecipe())],
    ['page', 'recipe to YAML', () => exportMergekit(recipe, known)],
    [
      'page',
      'recipe checked, as from a file',
      () => parseRecipe(JSON.parse(JSON.stringify(recipe))),
    ],
    ['page', 'recipe as its hash reads it', () => canonicalJson(recipe)],
    ['page', 'outlook cloned from the worker', () => structuredClone(prospect)],
    ['worker', 'plan and its outlook', () => fresh(input, models)],
  ];
  const rows = tasks.map(([where, what, work]) => rowOf(where, what, work, repeats));
  const { size } = models[0].tensors;
  return [
    {
      title: `Planning ${layers} layers of four fine-tunes and a base, ${size} tensors each`,
      rows,
      remarks: [
        `Milliseconds of processor time, of ${repeats} runs; the first is cold. ${sizeOf(text, recipe)}`,
      ],
    },
  ];
}

/** With another weight each time, as when a slider is drawn: nothing is remembered. */
let turn = 0;
function fresh(input: Parameters<typeof plan>[0], models: readonly { readonly id: string }[]) {
  turn += 1;
  const experts = input.recipe.experts.map((expert) => ({
    ...expert,
    values: { ...expert.values, density: 0.5 + turn / 1000 },
  }));
  const own = new Map(models.map(({ id }) => [id, input.models.get(id)!]));
  const planned = plan({ ...input, models: own, recipe: { ...input.recipe, experts } });
  return prospectOf(planned, own);
}

function sizeOf(text: string, { rules, experts }: Recipe): string {
  return `The YAML has ${text.split('\n').length} lines, the recipe ${experts.length} models and ${rules.length} rules.`;
}

function rowOf(where: string, what: string, work: () => unknown, repeats: number): Row {
  const times = Array.from({ length: repeats }, () => {
    const begun = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  const [first, ...others] = times;
  const median = others.toSorted((a, b) => a - b)[others.length >> 1];
  return { where, what, first: rounded(first), median: rounded(median) };
}

/** As Llama's 70B has them, of small sizes: only the headers count here. */
function tensorsOf(layers: number): Readonly<Record<string, HeaderTensor>> {
  const square = ['BF16', [64, 64]] as const;
  const row = ['BF16', [64]] as const;
  const parts: Readonly<Record<string, HeaderTensor>> = {
    ...Object.fromEntries(
      ['q', 'k', 'v', 'o'].map((part) => [`self_attn.${part}_proj.weight`, square]),
    ),
    ...Object.fromEntries(
      ['gate', 'up', 'down'].map((part) => [`mlp.${part}_proj.weight`, square]),
    ),
    'input_layernorm.weight': row,
    'post_attention_layernorm.weight': row,
  };
  const all = Array.from({ length: layers }, (_, layer) =>
    Object.entries(parts).map(([name, of]) => [`model.layers.${layer}.${name}`, of] as const),
  ).flat();
  return {
    'model.embed_tokens.weight': ['BF16', [128, 64]],
    ...Object.fromEntries(all),
    'model.norm.weight': row,
    'lm_head.weight': ['BF16', [128, 64]],
  };
}

/** Weights and densities by filters and gradients for every model. */
function yamlOf(names: readonly string[]): string {
  const settings = (seed: number) =>
    ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj', 'norm']
      .map((filter, k) => {
        const anchors = Array.from({ length: 16 }, (_, i) => (((i * 7 + k + seed) % 10) + 1) / 10);
        return `        - { filter: ${filter}, value: [${anchors.join(', ')}] }\n`;
      })
      .join('');
  const models = names.map(
    (name, k) =>
      `  - model: ${name}\n    parameters:\n      weight:\n${settings(k)}        - { value: [0.1, 0.9] }\n` +
      `      density:\n${settings(k + 3)}        - { value: 0.5 }\n`,
  );
  return `merge_method: ties\nbase_model: base\nmodels:\n${models.join('')}dtype: bfloat16\n`;
}
