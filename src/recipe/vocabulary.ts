import type { ByToken, Recipe } from './recipe.ts';

/** How rows meet by token; the tokens of all models where they do not yet. */
export function byToken(vocabulary: Recipe['vocabulary']): ByToken {
  return typeof vocabulary === 'string' ? { tokens: 'union', rows: [], padTo: null } : vocabulary;
}

/** Without what is taken from models that are gone: the base's tokens instead of theirs. */
export function vocabularyWithout(
  vocabulary: Recipe['vocabulary'],
  isGone: (model: string) => boolean,
): Recipe['vocabulary'] {
  if (typeof vocabulary === 'string') return vocabulary;
  const { tokens, rows, padTo } = vocabulary;
  return {
    tokens: typeof tokens === 'object' && isGone(tokens.model) ? 'base' : tokens,
    rows: rows.filter(({ from }) => from.kind === 'zeros' || !isGone(from.model)),
    padTo,
  };
}
