/** What is searched: numbers of a recipe, in whole, by group of tensors, or along the depth, as one vector. */
import { type Dial, dialValue, reachOf, turnedTo } from '../../recipe/dials.ts';
import type { Recipe, Rule, TensorGroup } from '../../recipe/recipe.ts';

export type Axis = {
  /** For people: "weight of Math, layer 3". */
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly start: number;
};

export type Space = {
  readonly axes: readonly Axis[];
  /** Of as many numbers as there are axes, each within its ends. */
  readonly recipeOf: (vector: readonly number[]) => Recipe;
};

/**
 * How finely a number is varied. `groups`: apart for each of these; what lies in none keeps the recipe's number. `depth`: at so
 * many points from the first layer to the last, straight in between, and once more outside the layers; as many points as layers
 * are one for each.
 */
export type Detail =
  | { readonly kind: 'whole' }
  | { readonly kind: 'groups'; readonly groups: readonly TensorGroup[] }
  | { readonly kind: 'depth'; readonly points: number };

export type Range = readonly [low: number, high: number];

/** Which numbers, and between which ends; without them, where sensible values lie. */
export type Wanted = { readonly dial: Dial; readonly range?: Range | undefined };

/** Where a search begins: at the recipe's own numbers, or in the middle between the ends. */
export type Begin = 'recipe' | 'middle';

/** A RangeError where nothing is wanted, or a range has no inside. */
export function spaceOf(
  recipe: Recipe,
  wanted: readonly Wanted[],
  detail: Detail,
  begin: Begin = 'recipe',
): Space {
  const parts = wanted.map((each) => partOf(recipe, each, detail, begin));
  if (parts.length === 0) throw new RangeError('There is nothing to search: choose a number.');
  return {
    axes: parts.flatMap(({ axes }) => axes),
    recipeOf(vector) {
      let at = 0;
      return parts.reduce((before, { axes, set }) => {
        const own = vector.slice(at, at + axes.length).map((value, i) => settled(value, axes[i]));
        at += axes.length;
        return set(before, own);
      }, recipe);
    },
  };
}

type Part = {
  readonly axes: readonly Axis[];
  readonly set: (recipe: Recipe, values: readonly number[]) => Recipe;
};

function partOf(recipe: Recipe, { dial, range }: Wanted, detail: Detail, begin: Begin): Part {
  const present = dialValue(recipe, dial);
  const [low, high] = range ?? reachOf(dial, present);
  if (!(low < high)) throw new RangeError(`${dial.label} has no room between ${low} and ${high}.`);
  const middle = (low + high) / 2;
  const start = begin === 'middle' ? middle : Math.min(high, Math.max(low, present ?? middle));
  const axis = (place: string): Axis => ({ label: `${dial.label}${place}`, low, high, start });
  const whole = (value: number) => (dial.param.integer ? Math.round(value) : value);
  switch (detail.kind) {
    case 'whole':
      return {
        axes: [axis('')],
        set: (before, [value]) => turnedTo(before, dial, whole(value)),
      };
    case 'groups':
      return {
        axes: detail.groups.map((group) => axis(`, ${group}`)),
        set: (before, values) =>
          withRules(
            before,
            dial,
            detail.groups.map((group, i) => ({
              filter: { kind: 'group', group },
              value: whole(values[i]),
            })),
          ),
      };
    case 'depth': {
      const points = Array.from({ length: detail.points }, (_, k) =>
        axis(`, ${at(k, detail.points)}`),
      );
      return {
        axes: [...points, axis(', outside the layers')],
        set: (before, values) =>
          withRules(turnedTo(before, dial, whole(values[detail.points])), dial, [
            { filter: { kind: 'contains', text: '' }, value: values.slice(0, detail.points) },
          ]),
      };
    }
    default:
      return detail satisfies never;
  }
}

const at = (point: number, points: number) =>
  points === 1 ? 'all layers' : `depth ${Math.round((100 * point) / (points - 1))} %`;

/** In front of the recipe's rules, for the first that matches wins; those of an earlier search are replaced. */
function withRules(
  recipe: Recipe,
  dial: Dial,
  rules: readonly Pick<Rule, 'filter' | 'value'>[],
): Recipe {
  const prefix = `search ${dial.id} `;
  // A number of all experts is a rule for every one.
  const model = dial.models.length === 1 ? dial.models[0] : null;
  const own = rules.map((rule, i): Rule => {
    return { id: `${prefix}${i}`, parameter: dial.key, model, ...rule };
  });
  return { ...recipe, rules: [...own, ...recipe.rules.filter(({ id }) => !id.startsWith(prefix))] };
}

/** To a thousandth of the range, or finer: a recipe is read by people. */
function settled(value: number, { low, high }: Axis): number {
  const digits = Math.max(0, 4 - Math.ceil(Math.log10(high - low)));
  return Number(Math.min(high, Math.max(low, value)).toFixed(Math.min(12, digits)));
}
