/** Parameters that do not fit their schema, before any model is looked at. */
import type { MergeMethod } from '../../methods/method.ts';
import { defaultsOf, misfit, type Param, type ParamSchema, unusual } from '../../methods/params.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { error, note } from '../finding.ts';
import type { Finding } from '../types.ts';

type Values = Readonly<Record<string, unknown>>;

export function checkValues(recipe: Recipe, method: MergeMethod): readonly Finding[] {
  const { global, perModel } = method.params;
  const own = misfits(recipe.values, global).map(([key, why]) =>
    error('value-misfit', `${method.title}: ${why}.`, 'Choose a value within the limits.', {
      place: { parameter: key },
      fixes: [{ kind: 'set-value', label: 'Use the default', key, value: defaultsOf(global)[key] }],
    }),
  );
  const ofExperts = recipe.experts.flatMap(({ model, values }) =>
    misfits(values, perModel).map(([key, why]) =>
      error('value-misfit', `${model.name}: ${why}.`, 'Choose a value within the limits.', {
        place: { model: model.id, parameter: key },
      }),
    ),
  );
  return [...own, ...ofExperts, ...unusualValues(recipe, method)];
}

function unusualValues(recipe: Recipe, method: MergeMethod): readonly Finding[] {
  const { global, perModel } = method.params;
  const say = (who: string, values: Values, schema: ParamSchema, model?: string) =>
    Object.entries(values).flatMap(([key, value]) => {
      const param = Object.hasOwn(schema, key) ? schema[key] : null;
      const beyond = param && misfit(param, value) === null ? unusual(param, value) : null;
      if (!param || beyond === null) return [];
      const place = { parameter: key, ...(model === undefined ? {} : { model }) };
      return [note('value-unusual', `${who}: ${unusualText(param, value)}.`, beyond, { place })];
    });
  return [
    ...say(method.title, recipe.values, global),
    ...recipe.experts.flatMap(({ model, values }) => say(model.name, values, perModel, model.id)),
  ];
}

/** "weight is 250, outside the usual -100 to 100". */
export function unusualText(param: Param, value: unknown): string {
  const [low, high] = (param.kind === 'number' && param.usual?.range) || [];
  return `${param.label} is ${value}, outside the usual ${low} to ${high}`;
}

/** Keys the method does not know are passed over: they have no effect. */
function misfits(values: Values, schema: ParamSchema): readonly (readonly [string, string])[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const param = Object.hasOwn(schema, key) ? schema[key] : null;
    const why = param && misfit(param, value);
    return why ? [[key, why] as const] : [];
  });
}
