/** A recipe as YAML of mergekit: as it is now, or of the version that the recipe is in. */
import { currentOf, type Dialect, resolveArithmetic } from '../../methods/dialect.ts';
import { type MergekitMethod, mergekitMethods } from '../../methods/in-mergekit.ts';
import { findMethod } from '../../methods/registry.ts';
import { expertValues, globalValues } from '../defaults.ts';
import type { ModelRef, Recipe } from '../recipe.ts';
import { membersOf } from '../series.ts';
import { beyondMergekit } from './beyond.ts';
import { chatTemplateYaml } from './chat-template.ts';
import { choicesOf } from './choices-yaml.ts';
import { emit, type Yaml } from './emit.ts';
import { type Notes, parametersOf, under } from './parameters-yaml.ts';
import type { MergekitDtype } from './read.ts';
import { sharedValues, slicesYaml } from './slices-yaml.ts';
import { withVersion } from './version.ts';
import { tokenizerYaml } from './vocabulary.ts';

export type WrittenMergekit = {
  /** Null where mergekit has nothing like it. */
  readonly text: string | null;
  /** What the text leaves out: mergekit makes something else of it. Clauses without a full stop. */
  readonly beyond: readonly string[];
  /** Sentences that are good to know. */
  readonly remarks: readonly string[];
};

/** What the recipe itself does not tell of its models. */
export type Known = {
  /** Ids of models that are adapters. */
  readonly adapters: ReadonlySet<string>;
  /** What the base is stored in, where that is one dtype that mergekit has. */
  readonly baseDtype: MergekitDtype | null;
};

export function exportMergekit(recipe: Recipe, known: Known): WrittenMergekit {
  const { yaml, beyond, remarks } = mergekitYaml(recipe, known);
  return { text: yaml && inVersion(emit(yaml), versionOf(recipe)), beyond, remarks };
}

/** Of mergekit as it is now nothing need be said. */
export const inVersion = (text: string, version: Dialect): string =>
  version === 'mergekit' ? text : withVersion(text, version);

/** The same before it is text. */
export function mergekitYaml(
  recipe: Recipe,
  known: Known,
): Omit<WrittenMergekit, 'text'> & { readonly yaml: Readonly<Record<string, Yaml>> | null } {
  const method = mergekitMethods.find(({ id }) => id === recipe.method);
  if (!method) {
    const beyond = [`mergekit has no ${findMethod(recipe.method)?.title ?? recipe.method}`];
    return { yaml: null, beyond, remarks: [] };
  }
  const version = versionOf(recipe);
  const role = method.mergekit.base;
  if (recipe.experts.length === 0)
    return { yaml: null, beyond: ['there is no model to merge yet'], remarks: [] };
  if (role === 'base' && !recipe.base)
    return { yaml: null, beyond: ['there is no base'], remarks: [] };
  const notes: Notes = { beyond: [...beyondMergekit(recipe, method, version)], remarks: [] };
  const values = globalValues(recipe, method);
  const shared = sharedValues(recipe, method);
  const global = {
    ...(shared && parametersOf(recipe.rules, method, shared, recipe.experts[0].model.id, notes)),
    ...parametersOf(recipe.rules, method, values, null, notes),
  };
  const name = (ref: ModelRef) => nameOf(ref, recipe, known);
  const yaml = {
    merge_method: method.id,
    ...baseOf(recipe, method, known, notes),
    ...(recipe.slices === null
      ? {
          models: recipe.experts.map((expert) => {
            const values = expertValues(recipe, method, expert);
            const own = parametersOf(recipe.rules, method, values, expert.model.id, notes);
            return { model: name(expert.model), ...under(own) };
          }),
        }
      : { slices: slicesYaml({ ...recipe, slices: recipe.slices }, method, version, name, notes) }),
    ...under({ ...global, ...choicesOf(recipe, method, version) }),
    ...dtypesOf(recipe, method, known, notes),
    ...chatTemplateYaml(recipe),
    ...tokenizerYaml(recipe, (id) => {
      const ref = membersOf(recipe).find((one) => one.id === id);
      return ref ? nameOf(ref, recipe, known) : id;
    }),
  };
  const isLocal = membersOf(recipe).some(({ hub, origin }) => !hub && origin !== 'result');
  if (isLocal)
    notes.remarks.push('Models of this computer go by their names: write where they lie instead.');
  if (method.sparsifies === 'draw')
    notes.remarks.push('mergekit draws its own random numbers: others are dropped there.');
  return { yaml, beyond: [...new Set(notes.beyond)], remarks: [...new Set(notes.remarks)] };
}

/** Recipes in no dialect of mergekit are written for it as it is now. */
export const versionOf = ({ dialect }: Recipe): Dialect =>
  currentOf(dialect) === 'mergekit' ? dialect : 'mergekit';

/** `base_model`: what the method needs it for, and whose small files the output gets. */
function baseOf(
  recipe: Recipe,
  method: MergekitMethod,
  known: Known,
  { beyond }: Notes,
): Record<string, Yaml> {
  const { base, experts, donors } = recipe;
  const role = method.mergekit.base;
  const wanted = new Set(Object.values(donors));
  const [donor] = wanted;
  const one =
    wanted.size === 1 ? experts.find(({ model }) => model.id === donor)?.model : undefined;
  const isListed = role === 'listed' || role === 'among';
  const turns = role === 'turns' && globalValues(recipe, method)['of'] === 'taskVectors';
  const chosen = isListed ? (one ?? experts[0].model) : role === 'first' ? experts[0].model : base;
  if (wanted.size > 0 && !(wanted.size === 1 && donor === chosen?.id)) {
    beyond.push('small files come from chosen models; mergekit takes all from base_model');
  }
  if (isListed && isMean(recipe)) return {};
  if (role === 'turns' && !turns) return {};
  if (turns && !base) beyond.push('there is no base to turn task vectors of');
  return chosen ? { base_model: nameOf(chosen, recipe, known) } : {};
}

/** Whether the mean of all rows stands in where a token is missing: with base_model it would be that one's row. */
const isMean = ({ vocabulary, donors }: Recipe) =>
  typeof vocabulary === 'object' &&
  vocabulary.tokens !== 'base' &&
  Object.keys(donors).length === 0;

const dtypes: Readonly<Record<MergekitDtype, string>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
};

/** mergekit computes in `dtype`: where more digits are wanted than it would keep, that is float32. */
function dtypesOf(
  recipe: Recipe,
  method: MergekitMethod,
  known: Known,
  { beyond }: Notes,
): Record<string, Yaml> {
  const { inputDtype, output } = recipe;
  const { work } = resolveArithmetic(recipe.dialect, method.exceptions, recipe.arithmetic);
  const own = resolveArithmetic(versionOf(recipe), method.exceptions, {}).work;
  if (work !== own && inputDtype !== 'stored' && inputDtype !== 'F32') {
    beyond.push(
      `inputs are rounded to ${inputDtype} and steps are not; mergekit rounds every step to it, too`,
    );
  }
  const read = inputDtype === 'stored' ? (work === own ? null : 'F32') : inputDtype;
  const dtype: Record<string, Yaml> = read === null ? {} : { dtype: dtypes[read] };
  const wanted = output.dtype === 'base' ? known.baseDtype : output.dtype;
  if (output.dtype === 'base' && read === null) return dtype;
  if (wanted === null) {
    beyond.push(
      'the output has the dtype of the base, which mergekit must be told: choose one for the output',
    );
    return dtype;
  }
  return wanted === read ? dtype : { ...dtype, out_dtype: dtypes[wanted] };
}

/** An adapter is written after the model that it changes. */
function nameOf(ref: ModelRef, { base }: Recipe, { adapters }: Known): Yaml {
  const host = adapters.has(ref.id) ? base : null;
  const parts = [...(host ? [host] : []), ref].map(({ name, hub }) =>
    hub ? { path: hub.repo, revision: hub.commit } : { path: name },
  );
  const isText = parts.every(({ path }) => !/[+@]/.test(path));
  if (!isText) return { model: parts[0], ...(parts[1] ? { lora: parts[1] } : {}) };
  return parts.map(({ path, revision }) => (revision ? `${path}@${revision}` : path)).join('+');
}
