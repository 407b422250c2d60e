/** What a recipe asks of a model that an adapter, a change without a base, cannot do: refused, never passed over. */
import type { ParamValue } from '../../methods/params.ts';
import type { Keep, Recipe } from '../../recipe/recipe.ts';
import { count, error, list } from '../finding.ts';
import { type Participants, usesBase } from '../participants.ts';
import { keepNamed } from '../resolve.ts';
import type { Finding, Fix } from '../types.ts';
import type { Module, PlannedModule } from './modules.ts';

/** The rule that takes a weight out of the merge; null when it is merged. An update fits, and is no task head. */
export function keepOf(recipe: Recipe, name: string): Keep | null {
  return keepNamed(recipe, name, { isMisfit: false, isTaskHead: () => false });
}

export function checkLimits(
  who: Participants,
  modules: readonly Module[],
  planned: readonly PlannedModule[],
  isExtracting: boolean,
): readonly Finding[] {
  return [
    ...checkTurned(who, planned),
    ...checkScope(who),
    ...(isExtracting && planned.length === 0 ? [] : checkReading(who)),
    ...checkKeeps(who, modules),
  ];
}

/** A mean of weights is the base plus the mean of the changes; nothing else that is made of weights is. */
function checkTurned(
  { method, global }: Participants,
  planned: readonly PlannedModule[],
): readonly Finding[] {
  const isSum = planned.every(({ weights }) => weights !== null);
  if (usesBase(method, global) || isSum) return [];
  const { of, normalize } = method.params.global;
  const fixes: readonly Fix[] = [
    ...(of ? [setting('Turn task vectors', 'of', 'taskVectors')] : []),
    ...(normalize ? [setting('Divide by the sum of weights', 'normalize', true)] : []),
    { kind: 'set-output-as', label: 'Write a model', value: 'model' },
  ];
  const message = `${method.title} is computed from whole weights here, and an adapter holds only changes of them.`;
  const advice = normalize
    ? 'Weights that sum to 1 leave the base out of it; task arithmetic always does. Or write a model.'
    : 'Merge task vectors, or write a model.';
  return [error('adapter-of-weights', message, advice, { fixes })];
}

function setting(label: string, key: string, value: ParamValue): Fix {
  return { kind: 'set-value', label, key, value };
}

function checkScope({ recipe, method }: Participants): readonly Finding[] {
  if (recipe.trimScope !== 'model' || !method.trimsWholeModel) return [];
  const message = 'One trim threshold over the whole model is not offered for an adapter.';
  return [
    error('adapter-trim-scope', message, 'Trim each tensor by itself, or write a model.', {
      fixes: [{ kind: 'set-output-as', label: 'Write a model', value: 'model' }],
    }),
  ];
}

function checkReading({ recipe: { inputDtype } }: Participants): readonly Finding[] {
  if (inputDtype === 'stored') return [];
  const message = `Inputs are to be rounded to ${inputDtype} first: that is of whole weights, and an adapter holds only changes of them.`;
  return [
    error('adapter-input-dtype', message, 'Read inputs as they are stored, or write a model.', {
      fixes: [
        { kind: 'set-input-dtype', label: 'Read as stored', value: 'stored' },
        { kind: 'set-output-as', label: 'Write a model', value: 'model' },
      ],
    }),
  ];
}

function checkKeeps({ recipe, reference }: Participants, modules: readonly Module[]) {
  return recipe.keeps.flatMap((keep): readonly Finding[] => {
    const { from } = keep;
    if (from.kind !== 'model' || from.model === reference.id) return [];
    const names = modules.map(({ name }) => name).filter((name) => keepOf(recipe, name) === keep);
    if (names.length === 0) return [];
    const message = `A rule keeps ${count(names.length, 'tensor')} (${list(names)}) as one model has them, which is not offered for an adapter.`;
    return [
      error(
        'adapter-keep',
        message,
        'Give the other adapters a weight of 0 there by a rule, or write a model.',
        {
          tensors: names,
          fixes: [{ kind: 'remove-keep', label: 'Remove the rule', keep: keep.id }],
        },
      ),
    ];
  });
}
