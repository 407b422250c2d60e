/** Vocabularies between a recipe of mergekit and ours. */
import type { ByToken, ModelRef, Recipe } from '../recipe.ts';
import type { Yaml } from './emit.ts';
import { nameOf, type Reference } from './reference.ts';
import type { Remarks } from './remarks.ts';
import type { MergekitTokenizer } from './tokenizer.ts';

/** `refOf` finds the models that are named; `members` are those that are merged. */
export function vocabularyOf(
  { source, tokens, padTo, at }: MergekitTokenizer,
  members: readonly ModelRef[],
  refOf: (model: Reference) => ModelRef,
  remarks: Remarks,
): ByToken {
  const named = typeof source === 'string' ? source : { model: refOf(source).id };
  const takesPart = typeof named === 'string' || members.some(({ id }) => id === named.model);
  if (!takesPart && typeof source !== 'string') {
    const what = `${nameOf(source)} is not merged, and tokens of others cannot be taken here yet: those of the base are taken.`;
    remarks.add('left out', at, what);
  }
  return {
    tokens: takesPart ? named : 'base',
    rows: tokens.map(({ token, from, force }) => ({
      token,
      from: from.kind === 'zeros' ? from : { ...from, model: refOf(from.model).id },
      force,
    })),
    padTo,
  };
}

/** `tokenizer` of a recipe that merges by token; nothing of others. `written` writes a model's name. */
export function tokenizerYaml(
  { vocabulary }: Pick<Recipe, 'vocabulary'>,
  written: (model: string) => Yaml,
): Readonly<Record<string, Yaml>> {
  if (typeof vocabulary === 'string') return {};
  const { tokens, rows, padTo } = vocabulary;
  const told = rows.map(({ token, from, force }): readonly [string, Yaml] => {
    const source = sourceYaml(from, written);
    return [token, force ? { source, force } : { source }];
  });
  return {
    tokenizer: {
      source: typeof tokens === 'string' ? tokens : written(tokens.model),
      ...(told.length > 0 ? { tokens: new Map(told) } : {}),
      ...(padTo === null ? {} : { pad_to_multiple_of: padTo }),
    },
  };
}

function sourceYaml(from: ByToken['rows'][number]['from'], written: (model: string) => Yaml): Yaml {
  if (from.kind === 'zeros') return { kind: 'zero' };
  if (from.kind === 'model') return written(from.model);
  const token = typeof from.token === 'number' ? { token_id: from.token } : { token: from.token };
  return { kind: 'model_token', model: written(from.model), ...token };
}
