import { createStore } from 'zustand/vanilla';
import {
  type Arithmetic,
  type ArithmeticKey,
  currentOf,
  type Dialect,
} from '../methods/dialect.ts';
import type { ParamValue } from '../methods/params.ts';
import { withMethod } from '../recipe/defaults.ts';
import { type Dial, turnedTo } from '../recipe/dials.ts';
import { edit as editHistory, type History, redo, startHistory, undo } from '../recipe/history.ts';
import type { AdapterOptions, ByToken, ModelRef, OutputOptions, Recipe } from '../recipe/recipe.ts';
import { withOther, withoutSource } from '../recipe/slices.ts';
import { byToken, vocabularyWithout } from '../recipe/vocabulary.ts';
import { pointerHeldSince } from './pointer-held.ts';
import { type ListEdits, listEdits, moved } from './recipe-lists.ts';

export type RecipeState = ListEdits & {
  /** The document; the present of `history`. */
  readonly recipe: Recipe;
  readonly history: History<Recipe>;
  setMethod(method: string): void;
  setDialect(dialect: Dialect): void;
  setChoice<K extends ArithmeticKey>(key: K, value: Arithmetic[K]): void;
  resetChoice(key: ArithmeticKey): void;
  setValue(key: string, value: ParamValue): void;
  resetValue(key: string): void;
  setExpertValue(model: string, key: string, value: ParamValue): void;
  resetExpertValue(model: string, key: string): void;
  turn(dial: Dial, value: number): void;
  setBase(base: ModelRef | null): void;
  addExpert(model: ModelRef): void;
  removeExpert(model: string): void;
  /** Moves an expert by one place: −1 up, +1 down. */
  moveExpert(model: string, step: -1 | 1): void;
  /** The expert becomes the base, the base takes its place among the experts. */
  makeBase(model: string): void;
  setOutput(change: Partial<OutputOptions>): void;
  setAdapters(change: Partial<AdapterOptions>): void;
  setVocabulary(vocabulary: Recipe['vocabulary']): void;
  /** Merges by token, with these changes of how. */
  setTokens(change: Partial<ByToken>): void;
  setSmallShare(smallShare: Recipe['smallShare']): void;
  setHead(head: Recipe['head']): void;
  /** `key` names the control where edits of it join into one step. */
  setSlices(slices: Recipe['slices'], key?: string | null): void;
  setTrimScope(trimScope: Recipe['trimScope']): void;
  /** Whose files of a role the output takes; null for the default. */
  setDonor(role: keyof Recipe['donors'], model: string | null): void;
  setChatTemplate(chatTemplate: Recipe['chatTemplate']): void;
  setInputDtype(inputDtype: Recipe['inputDtype']): void;
  setExtraction(change: Partial<Recipe['extraction']>): void;
  /** A whole new document: a preset, an imported file. */
  replace(recipe: Recipe): void;
  /** What the last step should have made: the document changes, and undo goes back to before that step. */
  amend(recipe: Recipe): void;
  /** The document the page opens on: there is nothing to go back to. */
  restart(recipe: Recipe): void;
  undo(): void;
  redo(): void;
};

export function createRecipeStore(
  initial: Recipe,
  now: () => number = Date.now,
  heldSince: () => number | null = pointerHeldSince,
) {
  return createStore<RecipeState>()((set, get) => {
    const settle = (history: History<Recipe>) => set({ history, recipe: history.present });

    /** `key` names the control, so that a drag is one step back; null makes a step of its own. */
    function edit(key: string | null, change: (recipe: Recipe) => Recipe): void {
      const { history } = get();
      settle(editHistory(history, change(history.present), key, now(), heldSince()));
    }

    const editExpert = (
      key: string,
      model: string,
      change: (values: Recipe['experts'][number]['values']) => Recipe['experts'][number]['values'],
    ) =>
      edit(`expert ${model} ${key}`, (recipe) => ({
        ...recipe,
        experts: recipe.experts.map((expert) =>
          expert.model.id === model ? { ...expert, values: change(expert.values) } : expert,
        ),
      }));

    return {
      recipe: initial,
      history: startHistory(initial),
      setMethod: (id) =>
        edit(null, (recipe) => (recipe.method === id ? recipe : withMethod(recipe, id))),
      setDialect: (dialect) =>
        edit(null, (recipe) => {
          // Releases of one tool have the same choices: what was set by hand stays.
          const stays = currentOf(dialect) === currentOf(recipe.dialect);
          return { ...recipe, dialect, arithmetic: stays ? recipe.arithmetic : {} };
        }),
      setChoice: (key, value) =>
        edit(null, (recipe) => ({
          ...recipe,
          arithmetic: { ...recipe.arithmetic, [key]: value },
        })),
      resetChoice: (key) =>
        edit(null, (recipe) => ({ ...recipe, arithmetic: without(recipe.arithmetic, key) })),
      setValue: (key, value) =>
        edit(`value ${key}`, (recipe) => ({
          ...recipe,
          values: { ...recipe.values, [key]: value },
        })),
      resetValue: (key) =>
        edit(null, (recipe) => ({ ...recipe, values: without(recipe.values, key) })),
      setExpertValue: (model, key, value) =>
        editExpert(key, model, (values) => ({ ...values, [key]: value })),
      resetExpertValue: (model, key) => editExpert(key, model, (values) => without(values, key)),
      turn: (dial, value) => edit(`dial ${dial.id}`, (recipe) => turnedTo(recipe, dial, value)),
      setBase: (base) =>
        edit(null, (recipe) => {
          const before = recipe.base?.id ?? '';
          const gone = base === null ? before : '';
          const isExpert = recipe.experts.some(({ model }) => model.id === before);
          const slices = base
            ? withOther(recipe.slices, before, base.id)
            : withoutSource(recipe.slices, before);
          return {
            ...recipe,
            base,
            slices: isExpert ? recipe.slices : slices,
            donors: withoutDonor(recipe.donors, gone),
            vocabulary: vocabularyWithout(recipe.vocabulary, (one) => one === gone),
          };
        }),
      addExpert: (model) =>
        edit(null, (recipe) => ({
          ...recipe,
          experts: [...recipe.experts, { model, values: {} }],
        })),
      removeExpert: (model) =>
        edit(null, (recipe) => ({
          ...recipe,
          experts: recipe.experts.filter((expert) => expert.model.id !== model),
          slices: withoutSource(recipe.slices, model),
          rules: recipe.rules.filter((rule) => rule.model !== model),
          renames: recipe.renames.filter((rename) => rename.model !== model),
          keeps: recipe.keeps.filter(({ from }) => from.kind !== 'model' || from.model !== model),
          donors: withoutDonor(recipe.donors, model),
          vocabulary: vocabularyWithout(recipe.vocabulary, (one) => one === model),
        })),
      moveExpert: (model, step) =>
        edit(null, (recipe) => {
          const experts = moved(recipe.experts, (expert) => expert.model.id === model, step);
          return experts === recipe.experts ? recipe : { ...recipe, experts };
        }),
      makeBase: (model) =>
        edit(null, (recipe) => {
          const expert = recipe.experts.find((candidate) => candidate.model.id === model);
          if (!expert) return recipe;
          const { base } = recipe;
          const experts = base
            ? recipe.experts.map((other) =>
                other === expert ? { model: base, values: other.values } : other,
              )
            : recipe.experts.filter((other) => other !== expert);
          return { ...recipe, base: expert.model, experts };
        }),
      ...listEdits(edit),
      setOutput: (change) =>
        edit(`output ${Object.keys(change).join()}`, (recipe) => ({
          ...recipe,
          output: { ...recipe.output, ...change },
        })),
      setAdapters: (change) =>
        edit(`adapters ${Object.keys(change).join()}`, (recipe) => ({
          ...recipe,
          adapters: { ...recipe.adapters, ...change },
        })),
      setHead: (head) => edit(null, (recipe) => ({ ...recipe, head })),
      setVocabulary: (vocabulary) => edit(null, (recipe) => ({ ...recipe, vocabulary })),
      setTokens: (change) =>
        edit(`tokens ${Object.keys(change).join()}`, (recipe) => ({
          ...recipe,
          vocabulary: { ...byToken(recipe.vocabulary), ...change },
        })),
      setSmallShare: (smallShare) => edit(null, (recipe) => ({ ...recipe, smallShare })),
      setSlices: (slices, key = null) =>
        edit(key === null ? null : `slices ${key}`, (recipe) =>
          recipe.slices === slices ? recipe : { ...recipe, slices },
        ),
      setTrimScope: (trimScope) => edit(null, (recipe) => ({ ...recipe, trimScope })),
      setDonor: (role, model) =>
        edit(null, ({ donors, ...recipe }) => ({
          ...recipe,
          donors: model === null ? without(donors, role) : { ...donors, [role]: model },
          ...(role === 'chatTemplate' ? { chatTemplate: null } : {}),
        })),
      setExtraction: (change) =>
        edit(null, (recipe) => ({ ...recipe, extraction: { ...recipe.extraction, ...change } })),
      setChatTemplate: (chatTemplate) =>
        edit('chat template', (recipe) => ({ ...recipe, chatTemplate })),
      setInputDtype: (inputDtype) => edit(null, (recipe) => ({ ...recipe, inputDtype })),
      replace: (recipe) => edit(null, () => recipe),
      amend: (recipe) => settle({ ...get().history, present: recipe }),
      restart: (recipe) => settle(startHistory(recipe)),
      undo: () => settle(undo(get().history)),
      redo: () => settle(redo(get().history)),
    };
  });
}

export type RecipeStore = ReturnType<typeof createRecipeStore>;

function without<T extends object>(values: T, key: keyof T): T {
  const { [key]: _, ...rest } = values;
  return rest as T;
}

function withoutDonor(donors: Recipe['donors'], model: string): Recipe['donors'] {
  return Object.fromEntries(Object.entries(donors).filter(([, id]) => id !== model));
}
