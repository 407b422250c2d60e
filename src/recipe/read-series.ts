import { limits } from './limits.ts';
import {
  complain,
  fault,
  type Place,
  readList,
  readNullable,
  readObject,
  readText,
} from './reader.ts';
import type { Recipe, Series, Step } from './recipe.ts';
import { membersOf } from './series.ts';

/** `readRecipe` reads that of a step. */
export function readSeries(place: Place, readRecipe: (place: Place) => Recipe): Series {
  const fields = readObject(place, ['name', 'before', 'after']);
  const readStep = (at: Place): Step => {
    const step = readObject(at, ['name', 'recipe']);
    const inner = readObject(step.at('recipe'), null).at('series');
    // Not read further: it may be as deep as it likes.
    if (inner.value !== null && inner.value !== undefined) {
      fault(inner, 'nothing: a step has no series of its own', null);
      return { name: null, recipe: readRecipe({ ...step.at('recipe'), value: {}, faults: [] }) };
    }
    return { name: readNullable(step.at('name'), readText), recipe: readRecipe(step.at('recipe')) };
  };
  const before = readList(fields.at('before'), limits.steps, readStep);
  const after = readList(fields.at('after'), limits.steps, readStep);
  return { name: readNullable(fields.at('name'), readText), before, after };
}

/** Whether every result that is taken is one of an earlier step, and none has the name of another. */
export function checkSteps(place: Place, steps: readonly Step[]): void {
  const made = new Set<string>();
  for (const [k, { name, recipe }] of steps.entries()) {
    for (const ref of membersOf(recipe)) {
      if (ref.origin !== 'result' || made.has(ref.name)) continue;
      complain(
        place,
        `${ref.name} is taken as the result of an earlier recipe, and there is none of this name`,
        null,
      );
    }
    if (name === null && k < steps.length - 1)
      complain(place, `recipe ${k + 1} has no name, and only the last needs none`, null);
    if (name === null) continue;
    if (made.has(name)) complain(place, `two recipes are called ${name}`, null);
    made.add(name);
  }
}
