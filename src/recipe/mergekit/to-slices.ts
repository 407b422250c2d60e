/** Slices of a mergekit recipe as slices of a recipe. */
import type { Arithmetic } from '../../methods/dialect.ts';
import { onIn } from '../../methods/mergekit.ts';
import type { Param, ParamValue } from '../../methods/params.ts';
import { limits } from '../limits.ts';
import type { ModelRef, Recipe, Rule, Slice, SliceSource } from '../recipe.ts';
import { layersIn } from '../slices.ts';
import type { MergekitRecipe, MergekitSlice, Settings } from './read.ts';
import { nameOf, type Reference } from './reference.ts';
import { MergekitError, type Remarks } from './remarks.ts';
import type { Setting } from './settings.ts';
import { checked, isGradient, type RuleDraft, rulesOf, toggleOf } from './to-values.ts';

export type Cast = {
  readonly refOf: (model: Reference) => ModelRef;
  readonly base: ModelRef | null;
  readonly experts: readonly ModelRef[];
};

/** Null without slices. Sources come in the recipe's order, the base first. */
export function slicesOf(read: MergekitRecipe, cast: Cast, remarks: Remarks): Recipe['slices'] {
  const { slices } = read;
  if (slices === null) return null;
  const made = slices.map((slice, k) => sliceFrom(slice, `slice-${k + 1}`, read, cast, remarks));
  if (layersIn(made) > limits.layers) {
    throw new MergekitError(`The slices have more than ${limits.layers} layers`, slices[0].at);
  }
  if (layersIn(made) === 0) {
    const what =
      'The slices have no layers together: a layer_range ends before its second number, as [0, 32] of 32 layers';
    throw new MergekitError(what, slices[0].at);
  }
  return made;
}

function sliceFrom(
  slice: MergekitSlice,
  id: string,
  read: MergekitRecipe,
  cast: Cast,
  remarks: Remarks,
): Slice {
  const { method } = read;
  const { base, experts, refOf } = cast;
  const drafts: RuleDraft[] = [];
  const values: Record<string, ParamValue> = {};
  const choices: Partial<Arithmetic>[] = [];
  const order = [...(base ? [base] : []), ...experts].map((ref) => ref.id);
  const sources = slice.sources
    .map((source) => ({ ...source, ref: refOf(source.model), values: {} as SliceSource['values'] }))
    .sort((a, b) => order.indexOf(a.ref.id) - order.indexOf(b.ref.id));
  const merged = sources.filter(({ ref }) => experts.some((each) => each.id === ref.id));
  if (method.mergekit.base === 'base' && base && merged.length > 0)
    checkBase(slice, sources, base, remarks);

  for (const [name, parameter] of Object.entries(method.mergekit.parameters)) {
    if (parameter.is !== 'value') {
      const setting = slice.settings.get(name);
      if (!setting || parameter.is === 'idle') continue;
      const isOn = toggleOf(name, setting, parameter.default, remarks);
      // What a slice leaves open is the recipe's.
      if (says(setting))
        choices.push({ [parameter.key]: isOn ? onIn(parameter, read.version) : parameter.off });
      continue;
    }
    if (!Object.hasOwn(method.params.perModel, name)) {
      const got = partOf(name, method.params.global[name], slice.settings, remarks);
      if (got.value !== null) values[name] = got.value;
      if (
        parameter.default === null &&
        !says(slice.settings.get(name)) &&
        !says(read.settings.get(name))
      ) {
        const what = `${method.id} needs ${name}, and mergekit stops without it; here it is the default.`;
        remarks.add('refused', slice.at, what);
      }
      drafts.push(...got.rules.map((rule) => ({ ...rule, model: null })));
      continue;
    }
    const param = method.params.perModel[name];
    const got = merged.map(({ settings }) => partOf(name, param, settings, remarks));
    for (const [k, { value }] of got.entries()) {
      if (value !== null) merged[k].values = { ...merged[k].values, [name]: value };
    }
    const isShared = got.every(({ rules }) => String(said(rules)) === String(said(got[0].rules)));
    drafts.push(
      ...(isShared
        ? (got[0]?.rules ?? []).map((rule) => ({ ...rule, model: null }))
        : got.flatMap(({ rules }, k) =>
            rules.map((rule) => ({ ...rule, model: merged[k].ref.id })),
          )),
    );
    if (parameter.default === null) checkNeeded(name, merged, read, remarks);
  }
  if (drafts.length > limits.rules) {
    const what = `The parameters of the slice come to ${drafts.length} rules, and a slice has at most ${limits.rules}`;
    throw new MergekitError(what, slice.at);
  }
  return {
    id,
    sources: sources.map(({ ref, from, to, values }) => ({ model: ref.id, from, to, values })),
    method: null,
    values,
    ...(choices.length > 0 ? { arithmetic: Object.assign({}, ...choices) } : {}),
    rules: drafts.map((rule, k): Rule => ({ id: `${id}-${k + 1}`, ...rule })),
  };
}

const said = (rules: readonly unknown[]) => JSON.stringify(rules);

/** What a slice says itself of a parameter; what it leaves open is the recipe's. */
function partOf(name: string, param: Param, settings: Settings, remarks: Remarks) {
  const setting = settings.get(name);
  if (!setting) return { value: null, rules: [] };
  if (param.kind === 'toggle') {
    return { value: toggleOf(name, setting, false, remarks), rules: [] };
  }
  const { conditions, otherwise } = setting;
  const rules = [
    ...conditions.flatMap(({ filter, value }) => rulesOf(name, filter, value)),
    ...(isGradient(otherwise) ? rulesOf(name, '', otherwise).slice(0, 1) : []),
  ];
  const value = isGradient(otherwise) ? otherwise[0] : otherwise;
  checked(
    name,
    param,
    [...(value === null ? [] : [value]), ...rules.flatMap((rule) => rule.value)],
    setting,
  );
  return { value, rules };
}

const says = (setting: Setting | undefined) => (setting?.otherwise ?? null) !== null;

type Merged = { readonly model: Reference; readonly settings: Settings };

function checkNeeded(
  name: string,
  merged: readonly Merged[],
  { method, models }: MergekitRecipe,
  remarks: Remarks,
): void {
  for (const { model, settings } of merged) {
    const ofRecipe = models.find((each) => nameOf(each.model) === nameOf(model))?.settings;
    if (says(settings.get(name)) || says(ofRecipe?.get(name))) continue;
    const what = `${method.id} needs ${name} of ${nameOf(model)}, and mergekit stops without it; here it is the default.`;
    remarks.add('refused', model.at, what);
  }
}

function checkBase(
  slice: MergekitSlice,
  sources: readonly { readonly ref: ModelRef }[],
  base: ModelRef,
  remarks: Remarks,
): void {
  if (sources.some(({ ref }) => ref.id === base.id)) return;
  const what = `The slice lacks the base ${base.name}, and mergekit stops: with slices it is named among the sources.`;
  remarks.add('refused', slice.at, what);
}
