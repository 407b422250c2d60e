/** The numbers of a recipe that its merge depends on, each to be turned by itself. */
import type { NumberParam, ParamSchema } from '../methods/params.ts';
import { findMethod } from '../methods/registry.ts';
import { expertValues, globalValues, type ValuesByKey } from './defaults.ts';
import type { Recipe } from './recipe.ts';

export type Dial = {
  readonly id: string;
  /** Of the parameter. */
  readonly key: string;
  /** Ids of the experts whose value it is; none for a parameter of the whole merge. */
  readonly models: readonly string[];
  /** "weight of Math". */
  readonly label: string;
  readonly param: NumberParam;
};

/** First those of the whole merge, then of all experts together, then of each. None for an unknown method. */
export function dialsOf(recipe: Recipe): readonly Dial[] {
  const method = findMethod(recipe.method);
  if (!method) return [];
  const { global, perModel } = method.params;
  const ids = recipe.experts.map(({ model }) => model.id);
  const own = numbersOf(perModel, {});
  return [
    ...numbersOf(global, globalValues(recipe, method)).map(([key, param]) => ({
      ...{ id: key, key, models: [], label: param.label, param },
    })),
    ...own.flatMap(([key, param]) =>
      ids.length < 2
        ? []
        : [{ id: `${key} of all`, key, models: ids, label: `${param.label} of all models`, param }],
    ),
    ...own.flatMap(([key, param]) =>
      recipe.experts.map(({ model: { id, name } }) => ({
        ...{ id: `${key} of ${id}`, key, models: [id], label: `${param.label} of ${name}`, param },
      })),
    ),
  ];
}

function numbersOf(schema: ParamSchema, values: ValuesByKey) {
  return Object.entries(schema).flatMap(([key, param]) =>
    param.kind === 'number' && (param.visible?.(values) ?? true) ? [[key, param] as const] : [],
  );
}

/** Null where it stands for experts that differ. */
export function dialValue(recipe: Recipe, { key, models }: Dial): number | null {
  const method = findMethod(recipe.method);
  if (!method) return null;
  const all =
    models.length === 0
      ? [globalValues(recipe, method)[key]]
      : recipe.experts
          .filter(({ model }) => models.includes(model.id))
          .map((expert) => expertValues(recipe, method, expert)[key]);
  const [first] = all;
  return typeof first === 'number' && all.every((value) => value === first) ? first : null;
}

export function turnedTo(recipe: Recipe, { key, models }: Dial, value: number): Recipe {
  if (models.length === 0) return { ...recipe, values: { ...recipe.values, [key]: value } };
  const experts = recipe.experts.map((expert) =>
    models.includes(expert.model.id)
      ? { ...expert, values: { ...expert.values, [key]: value } }
      : expert,
  );
  return { ...recipe, experts };
}

/** Where sensible values lie, and the present one. */
export function reachOf({ param }: Dial, present: number | null): readonly [number, number] {
  const { soft, usual, min, max } = param;
  const [from, to] = soft ?? usual?.range ?? [Math.max(min, 0), Math.min(max, 1)];
  return present === null ? [from, to] : [Math.min(from, present), Math.max(to, present)];
}

/** Values in equal steps from end to end, without float noise; of whole numbers each once. */
export function sweepOf(
  { param }: Dial,
  [from, to]: readonly [number, number],
  count: number,
): readonly number[] {
  const all = Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  if (param.integer) return [...new Set(all.map(Math.round))];
  return all.map((value) => Number(value.toFixed(9)));
}

/** The nearest value that a control of this parameter gives. */
export function steppedTo({ param: { step, min, max } }: Dial, value: number): number {
  const stepped = Number((Math.round(value / step) * step).toFixed(9));
  return Math.min(max, Math.max(min, stepped));
}
