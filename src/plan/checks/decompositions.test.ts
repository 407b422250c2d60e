import { expect, test } from 'vitest';
import { headerModel, refTo } from '../../testing/model.ts';
import { findingOf, findingsOf, recipeOf } from '../../testing/planning.ts';

const models = (side: number) =>
  ['base', 'a', 'b'].map((id) =>
    headerModel(id, {
      'embed.weight': ['F32', [8 * side, side]],
      'norm.weight': ['F32', [side]],
      'layers.0.weight': ['F32', [side, side]],
    }),
  );
const recipeFor = (method: string, of: ReturnType<typeof models>) => ({
  ...recipeOf(of[0], of.slice(1)),
  method,
  base: refTo(of[0]),
});

test('what singular values cost is told before the merge, with the largest matrix', () => {
  const of = models(1000);
  // 1.5 · 10⁹ operations a second: (48 + 56) · 10⁹ and (6 + 56) · 10⁹.
  expect(findingOf(recipeFor('iso_c', of), of, 'decompositions')).toMatchObject({
    severity: 'note',
    message:
      '2 matrices are taken apart into singular vectors: about 2 min of one processor core, embed.weight (8,000 × 1,000) alone 69 s. All cores share the work, a graphics processor does not.',
  });
});

test('hours are warned of, and a sum costs nothing of the kind', () => {
  const of = models(8000);
  expect(findingOf(recipeFor('tsv_m', of), of, 'decompositions')).toMatchObject({
    severity: 'warning',
    message: expect.stringMatching(/about \d+ h of one processor core/),
  });
  const codes = findingsOf(recipeFor('task_arithmetic', of), of).map(({ code }) => code);
  expect(codes).not.toContain('decompositions');
});
