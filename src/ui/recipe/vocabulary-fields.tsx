import { Suspense } from 'react';
import type { Recipe } from '../../recipe/recipe.ts';
import { membersOf } from '../../recipe/series.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { later } from '../kit/later.ts';
import { SelectField } from '../kit/select-field.tsx';

const TokenRows = later(() => import('./token-rows.tsx'));

const byRow = [
  ['keep base rows', 'by row, keep the base’s rest'],
  ['refuse', 'refuse'],
] as const;

const pads = [
  ['', 'none'],
  ...[8, 16, 64, 128, 256].map(
    (multiple) => [String(multiple), `to a multiple of ${multiple}`] as const,
  ),
] as const;

/** Whether rows of embeddings meet by their number or by token, and whose tokens the output has. */
export function VocabularyFields() {
  const recipe = useRecipe((state) => state.recipe);
  const { vocabulary } = recipe;
  const edit = session.recipe.getState();
  const models = new Map(membersOf(recipe).map(({ id, name }) => [id, name]));
  const choose = (value: string) => {
    const word = byRow.find(([each]) => each === value)?.[0];
    if (word) edit.setVocabulary(word);
    else if (value === 'union' || value === 'base') edit.setTokens({ tokens: value });
    else edit.setTokens({ tokens: { model: value.slice(MODEL.length) } });
  };
  return (
    <>
      <SelectField
        label="Vocabularies differ"
        {...(typeof vocabulary === 'object' ? { help: meaning } : {})}
        value={choiceOf(vocabulary)}
        options={[
          ...byRow,
          ['union', 'by token, all tokens'],
          ['base', 'by token, the base’s tokens'],
          ...[...models].map(
            ([id, name]) => [`${MODEL}${id}`, `by token, those of ${name}`] as const,
          ),
        ]}
        onChange={choose}
      />
      {typeof vocabulary === 'object' && (
        <>
          <SelectField
            label="Rows padded"
            value={String(vocabulary.padTo ?? '')}
            options={padsWith(vocabulary.padTo)}
            onChange={(value) => edit.setTokens({ padTo: value === '' ? null : Number(value) })}
          />
          <Suspense fallback={null}>
            <TokenRows rows={vocabulary.rows} models={models} />
          </Suspense>
        </>
      )}
    </>
  );
}

const meaning =
  'Each model’s embedding and head are put in the order of these tokens. What a model lacks comes from those that have it.';

const MODEL = 'model ';

function choiceOf(vocabulary: Recipe['vocabulary']): string {
  if (typeof vocabulary === 'string') return vocabulary;
  const { tokens } = vocabulary;
  return typeof tokens === 'string' ? tokens : `${MODEL}${tokens.model}`;
}

/** With one that a recipe brought. */
function padsWith(padTo: number | null): readonly (readonly [string, string])[] {
  const isThere = padTo === null || pads.some(([value]) => value === String(padTo));
  return isThere ? pads : [...pads, [String(padTo), `to a multiple of ${padTo}`]];
}
