import { expect, test } from 'vitest';
import { headerModel } from '../../testing/model.ts';
import { adapterOf, rising } from '../../testing/pairing.ts';
import { findingOf, findingsOf, recipeOf } from '../../testing/planning.ts';

const config = (tie_word_embeddings: boolean) => ({ model_type: 'llama', tie_word_embeddings });
const tensors = {
  'model.embed_tokens.weight': ['F32', [6, 4]],
  'model.layers.0.self_attn.q_proj.weight': ['F32', [4, 4]],
} as const;
const head = rising('lm_head', [6, 4]);
const inner = rising('model.layers.0.self_attn.q_proj', [4, 4]);
const elsewhere = rising('model.layers.7.self_attn.q_proj', [4, 4]);

function merged(isTied: boolean, ...updates: Parameters<typeof adapterOf>[0]) {
  const base = headerModel('base', tensors, { config: config(isTied) });
  const style = { ...headerModel('style', {}), adapter: adapterOf(updates) };
  return [recipeOf(base, [style]), [base, style]] as const;
}

test('an adapter of a head that is the embedding is left out, with what to do', () => {
  const found = findingOf(...merged(true, inner, head), 'tied-head');
  expect(found).toMatchObject({
    severity: 'warning',
    message: 'style changes lm_head; in base the head is the embedding, so it is left out.',
    advice: expect.stringContaining('set tie_word_embeddings to false'),
    tensors: ['lm_head'],
  });
});

test('what else meets nothing is told beside it, by its own reason', () => {
  const [recipe, models] = merged(true, inner, head, elsewhere);
  const found = findingOf(recipe, models, 'adapter-partly-matched');
  expect(found.tensors).toEqual(['model.layers.7.self_attn.q_proj']);
  expect(findingOf(recipe, models, 'tied-head').tensors).toEqual(['lm_head']);
});

test('an adapter of nothing else is refused, and told the same', () => {
  expect(findingOf(...merged(true, head), 'adapter-no-match')).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('of lm_head, in base the head is the embedding.'),
    advice: expect.stringContaining('a head of its own'),
  });
});

test('a head that is missing from a base that does not tie it is only that', () => {
  const found = findingsOf(...merged(false, inner, head)).filter(({ tensors }) =>
    tensors?.includes('lm_head'),
  );
  expect(found.map(({ code }) => code)).toEqual(['adapter-partly-matched']);
});

test('an adapter whose alpha is 0 is said to add nothing, whatever is written', () => {
  const [recipe, models] = merged(false, { ...inner, scale: 0, alpha: 0 });
  for (const as of ['model', 'adapter'] as const) {
    const output = { ...recipe.output, as };
    expect(findingOf({ ...recipe, output }, models, 'adapter-scale-zero')).toMatchObject({
      severity: 'warning',
      message:
        'style has an alpha of 0 in 1 module (model.layers.0.self_attn.q_proj): it adds nothing there.',
      place: { model: 'style' },
    });
  }
  const codes = findingsOf(...merged(false, inner)).map(({ code }) => code);
  expect(codes).not.toContain('adapter-scale-zero');
});
