/** Several recipes in one text (mergekit-multi): a result of one, by its name, is an input of another. */
import type { ModelRef, Recipe } from '../recipe.ts';
import { resultOf, seriesOf } from '../series.ts';
import { unfenced } from './fenced.ts';
import { type Located, type LocatedMap, readYaml } from './located.ts';
import { Meeting } from './meet.ts';
import { wordOf } from './reference.ts';
import { MergekitError } from './remarks.ts';
import { beyondLimits, type ImportedRecipe, importDocument } from './to-recipe.ts';

export type Step = {
  /** Null for the one whose result is the whole series'. */
  readonly name: string | null;
  /** Which of the text's documents it is, from 0. */
  readonly document: number;
  /** Line that it begins on, from 1. */
  readonly line: number;
  readonly method: string;
  /** Models that it names, in the text's order, each once. */
  readonly models: readonly string[];
  /** Names of the steps whose results it takes. */
  readonly uses: readonly string[];
};

export type Series =
  /** In an order in which each comes after those that it uses. */
  { readonly steps: readonly Step[] } | { readonly problem: string };

/** The recipes of a text in the order to merge them; one step where there is one recipe. */
export function readSeries(text: string): Series {
  try {
    const { text: yaml, firstLine } = unfenced(text);
    const drafts = readYaml(yaml, firstLine).flatMap((document, index) =>
      document.kind === 'map' ? [draftOf(document, index)] : [],
    );
    return { steps: inOrder(drafts) };
  } catch (error) {
    if (!(error instanceof MergekitError)) throw error;
    return { problem: `${error.message} (line ${error.line}, column ${error.column}).` };
  }
}

export type ImportedSeries = {
  /** Each of the steps as it was read. */
  readonly made: readonly ImportedRecipe[];
  /** All of them, the last in place; null where one cannot be read. */
  readonly recipe: Recipe | null;
};

/** Reads the recipes of a text as one document. `open` and `before` as of `importMergekit`. */
export function importSeries(
  text: string,
  steps: readonly Step[],
  open: readonly ModelRef[],
  before: Recipe,
): ImportedSeries {
  const names = steps.flatMap(({ name }) => (name === null ? [] : [name]));
  // One for all, so that a name means the same model in each of them.
  const meeting = new Meeting(open, new Map(names.map((name) => [name, resultOf(name)])));
  const made = steps.map(({ document }) => importDocument(text, document, meeting, before));
  const recipes = made.flatMap((one) => ('recipe' in one ? [one.recipe] : []));
  if (recipes.length < steps.length) return { made, recipe: null };
  const documents = recipes.map((recipe, k) => {
    const { name } = steps[k];
    const output = { ...recipe.output, name: name ?? recipe.output.name };
    return { name, recipe: { ...recipe, output } };
  });
  const recipe = seriesOf(documents, documents.length - 1);
  const problem = beyondLimits(recipe);
  if (problem !== null) return { made: [...made.slice(0, -1), { problem }], recipe: null };
  return { made, recipe };
}

type Draft = Omit<Step, 'uses'> & { readonly column: number };

function draftOf(document: LocatedMap, index: number): Draft {
  const textOf = (key: string): string | null => {
    const value = document.entries.get(key)?.value;
    return value && 'text' in value ? wordOf(value) : null;
  };
  const { line, column } = document;
  const models = [...new Set(referencesIn(document))];
  return {
    name: textOf('name'),
    document: index,
    line,
    column,
    method: textOf('merge_method') ?? '',
    models,
  };
}

const keysOfModels = new Set(['model', 'base_model', 'path']);

/** Models that are named, at any depth, without their revisions and adapters. What aliases repeat is looked at once. */
function referencesIn(value: Located, seen = new Set<object>()): readonly string[] {
  if (value.kind !== 'list' && value.kind !== 'map') return [];
  const content = value.kind === 'list' ? value.items : value.entries;
  if (seen.has(content)) return [];
  seen.add(content);
  if (value.kind === 'list') return value.items.flatMap((item) => referencesIn(item, seen));
  return [...value.entries].flatMap(([key, { value }]) =>
    keysOfModels.has(key) && 'text' in value
      ? [key === 'path' ? wordOf(value) : wordOf(value).split('+')[0].split('@')[0]]
      : referencesIn(value, seen),
  );
}

function inOrder(drafts: readonly Draft[]): readonly Step[] {
  const named = new Map<string, Draft>();
  for (const draft of drafts) {
    if (draft.name === null) continue;
    const other = named.get(draft.name);
    if (other) {
      throw new MergekitError(
        `Two recipes are called ${draft.name} (the other in line ${other.line})`,
        draft,
      );
    }
    named.set(draft.name, draft);
  }
  const unnamed = drafts.filter(({ name }) => name === null);
  if (unnamed.length > 1) {
    const what = `${unnamed.length} of the recipes have no name: one at most is the result, and the others need a name`;
    throw new MergekitError(what, unnamed[1]);
  }
  const steps: Step[] = [];
  const done = new Set<Draft>();
  const visit = (draft: Draft, above: readonly Draft[]): void => {
    if (done.has(draft)) return;
    if (above.includes(draft)) {
      const round = [...above.slice(above.indexOf(draft)), draft]
        .map(({ name }) => name)
        .join(', ');
      throw new MergekitError(`Each of these recipes waits for the other: ${round}`, draft);
    }
    const uses = draft.models.filter((model) => named.has(model));
    for (const name of uses) visit(named.get(name)!, [...above, draft]);
    done.add(draft);
    const { column: _, ...step } = draft;
    steps.push({ ...step, uses });
  };
  // The result comes last, whatever it needs.
  for (const draft of [...drafts.filter(({ name }) => name !== null), ...unnamed]) visit(draft, []);
  return steps;
}
