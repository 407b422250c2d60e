/** A mergekit recipe as a recipe: in the dialect mergekit or a version of it, of models that are open or awaited by name. */
import { fileRoles } from '../../formats/beside.ts';
import { type Arithmetic, resolveArithmetic } from '../../methods/dialect.ts';
import { type MergekitParameter, onIn } from '../../methods/mergekit.ts';
import type { ParamValue } from '../../methods/params.ts';
import { emptyRecipe, expertValues, globalValues } from '../defaults.ts';
import { limits } from '../limits.ts';
import { parseRecipe } from '../parse.ts';
import type { Donors, ModelRef, Recipe, Rule } from '../recipe.ts';
import { Meeting } from './meet.ts';
import { membersOf } from './members.ts';
import type { MergekitRecipe } from './read.ts';
import { readMergekit } from './read.ts';
import type { Reference } from './reference.ts';
import { MergekitError, type Remark, Remarks } from './remarks.ts';
import { slicesOf } from './to-slices.ts';
import { ownOf, type RuleDraft, toggleOf } from './to-values.ts';
import { vocabularyOf } from './vocabulary.ts';

export type ImportedRecipe =
  | {
      readonly recipe: Recipe;
      readonly remarks: readonly Remark[];
      /** Names of models that are not open. */
      readonly awaited: readonly string[];
    }
  | { readonly problem: string };

/**
 * Reads the text of a mergekit recipe, or of a model card with one. `open` are the models that it may mean; `before`
 * gives the output's name.
 */
export function importMergekit(
  text: string,
  open: readonly ModelRef[],
  before: Recipe,
): ImportedRecipe {
  const made = importDocument(text, null, new Meeting(open), before);
  const problem = 'recipe' in made ? beyondLimits(made.recipe) : null;
  return problem === null ? made : { problem };
}

/** Why a recipe could not be opened again; null where it can be. */
export function beyondLimits(recipe: Recipe): string | null {
  const again = parseRecipe(recipe);
  return 'findings' in again
    ? `It is more than a recipe can hold: ${again.findings[0].message}`
    : null;
}

/** Reads one of several recipes of a text, counted from 0; null where there is to be one only. */
export function importDocument(
  text: string,
  document: number | null,
  meeting: Meeting,
  before: Recipe,
): ImportedRecipe {
  const found = readMergekit(text, document);
  if ('problem' in found) return found;
  const remarks = new Remarks();
  for (const { kind, line, text } of found.remarks) remarks.add(kind, { line }, text);
  try {
    const recipe = recipeOf(found.read, meeting, before, remarks);
    const members = [
      ...(recipe.base ? [recipe.base] : []),
      ...recipe.experts.map(({ model }) => model),
    ];
    const awaited = members.filter((ref) => meeting.awaits(ref)).map(({ name }) => name);
    return { recipe, remarks: remarks.all, awaited: [...new Set(awaited)] };
  } catch (error) {
    if (!(error instanceof MergekitError)) throw error;
    return { problem: `${error.message} (line ${error.line}, column ${error.column}).` };
  }
}

function recipeOf(
  read: MergekitRecipe,
  meeting: Meeting,
  before: Recipe,
  remarks: Remarks,
): Recipe {
  const { method, settings, dtype, outDtype, tokenizer } = read;
  const { base, experts, donor } = membersOf(read, remarks);
  const refOf = ({ adapter, at, ...model }: Reference) =>
    meeting.ref(adapter ?? model, at, remarks);
  const start: Recipe = { ...emptyRecipe(), method: method.id, dialect: read.version };
  const baseRef = base ? refOf(base) : null;
  const refs = experts.map(({ model }) => refOf(model));
  const rules: RuleDraft[] = [];
  const arithmetic: Partial<Arithmetic>[] = [];
  const several = (read.slices?.length ?? 0) > 1;
  const values: Record<string, ParamValue> = {};
  const ofExperts = experts.map((): Record<string, ParamValue> => ({}));

  for (const [name, parameter] of Object.entries(method.mergekit.parameters)) {
    if (parameter.is !== 'value') {
      arithmetic.push(choiceOf(name, parameter, read, remarks));
      continue;
    }
    // What must be given is asked of each slice.
    const needed = several && parameter.default === null ? new Remarks() : remarks;
    const isOfModel = Object.hasOwn(method.params.perModel, name);
    const param = isOfModel ? method.params.perModel[name] : method.params.global[name];
    if (!isOfModel) {
      const standard = globalValues(start, method)[name];
      const got = ownOf(name, parameter, param, settings, standard, read, null, needed);
      if (got.value !== null) values[name] = got.value;
      rules.push(...got.rules.map((rule) => ({ ...rule, model: null })));
      continue;
    }
    const got = experts.map(({ model, settings }, k) => {
      const standard = expertValues(start, method, { model: refs[k], values: {} })[name];
      return ownOf(name, parameter, param, settings, standard, read, model, needed);
    });
    for (const [k, { value }] of got.entries()) if (value !== null) ofExperts[k][name] = value;
    const isShared = got.every(
      ({ rules }) => JSON.stringify(rules) === JSON.stringify(got[0].rules),
    );
    rules.push(
      ...(isShared
        ? got[0].rules.map((rule) => ({ ...rule, model: null }))
        : got.flatMap(({ rules }, k) => rules.map((rule) => ({ ...rule, model: refs[k].id })))),
    );
  }
  const slices = slicesOf(read, { refOf, base: baseRef, experts: refs }, remarks);
  if (rules.length > limits.rules) {
    const what = `The parameters come to ${rules.length} rules, and a recipe has at most ${limits.rules}`;
    throw new MergekitError(what, read.at);
  }
  if (method.mergekit.base === 'turns') values['of'] = read.base ? 'taskVectors' : 'weights';
  if (method.sparsifies === 'draw') {
    remarks.add('note', read.at, 'mergekit draws its own random numbers: here others are dropped.');
  }
  return {
    ...start,
    arithmetic: Object.assign({}, ...arithmetic),
    base: baseRef,
    experts: refs.map((model, k) => ({ model, values: ofExperts[k] })),
    slices,
    values,
    rules: rules.map((rule, k): Rule => ({ id: `mergekit-${k + 1}`, ...rule })),
    donors: donor ? donorsOf(refOf(donor), baseRef ?? refs[0], tokenizer !== null) : {},
    vocabulary: tokenizer
      ? vocabularyOf(tokenizer, [...(baseRef ? [baseRef] : []), ...refs], refOf, remarks)
      : start.vocabulary,
    chatTemplate: read.chatTemplate,
    inputDtype: dtype ?? 'stored',
    // Without out_dtype it is written as it is computed.
    output: {
      ...start.output,
      name: before.output.name,
      shardBytes: before.output.shardBytes,
      dtype: outDtype ?? dtype ?? 'base',
    },
  };
}

/** Where rows meet by token, base_model is also whose rows stand in for others, which has to be said. */
function donorsOf(donor: ModelRef, standard: ModelRef, isByToken: boolean): Donors {
  if (donor.id === standard.id) return isByToken ? { tokenizer: donor.id } : {};
  return Object.fromEntries(fileRoles.map((role) => [role, donor.id]));
}

/** A choice of the dialect, where it is not the dialect's own. */
function choiceOf(
  name: string,
  parameter: Exclude<MergekitParameter, { is: 'value' }>,
  { version, method, settings }: MergekitRecipe,
  remarks: Remarks,
): Partial<Arithmetic> {
  if (parameter.is === 'idle') return {};
  const setting = settings.get(name);
  const isOn = setting ? toggleOf(name, setting, parameter.default, remarks) : parameter.default;
  const wanted = isOn ? onIn(parameter, version) : parameter.off;
  const standard = resolveArithmetic(version, method.exceptions, {})[parameter.key];
  return standard === wanted ? {} : { [parameter.key]: wanted };
}
