import { expect, test } from 'vitest';
import type { Model } from '../formats/model.ts';
import { headerModel, refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { createModelsStore } from './models.ts';
import { actOf, layerCountOf, summaryOf } from './plan-facts.ts';
import { createPlanner, findingsOf, opening, planOf } from './planning.ts';

const tensors = {
  'model.embed_tokens.weight': ['BF16', [8, 4]],
  'model.layers.0.mlp.up_proj.weight': ['BF16', [4, 4]],
  'model.layers.2.self_attn.q_proj.weight': ['BF16', [4, 4]],
  'model.position_ids': ['I64', [3]],
} as const;
const base = headerModel('base', tensors);
const expert = headerModel('expert', tensors);
const recipe = recipeOf(base, [expert]);

function slotsOf(...models: readonly Model[]) {
  const store = createModelsStore();
  for (const model of models) {
    store.getState().begin({ ...refTo(model), summary: null });
    store.getState().admit(model.id, model);
  }
  return store.getState().slots;
}

test('the same recipe and models give the same plan object', () => {
  const plan = createPlanner();
  const slots = slotsOf(base, expert);
  const first = plan(recipe, slots, 'cpu');
  expect(plan(recipe, slots, 'cpu')).toBe(first);
  expect(plan({ ...recipe }, slots, 'cpu')).not.toBe(first);
});

test('going back to the recipe before does not plan again', () => {
  const plan = createPlanner();
  const slots = slotsOf(base, expert);
  const first = plan(recipe, slots, 'cpu');
  plan({ ...recipe }, slots, 'cpu');
  expect(plan(recipe, slots, 'cpu')).toBe(first);
});

test('a model that is being opened is neither planned nor forgotten', () => {
  const store = createModelsStore();
  store.getState().begin({ ...refTo(base), summary: null });
  const { slots } = store.getState();
  const planned = createPlanner()(recipe, slots, 'cpu');
  expect(planOf(planned)).toBeNull();
  expect(opening(recipe, slots).map(({ id }) => id)).toEqual(['base']);
  expect(findingsOf(planned).map(({ code }) => code)).toContain('model-missing');
});

test('the summary counts what is merged and what is copied', () => {
  const plan = planOf(createPlanner()(recipe, slotsOf(base, expert), 'cpu'))!;
  expect(summaryOf(plan)).toEqual({ tensors: 4, merged: 3, copied: 1, cast: 0, elements: 64 });
  expect(layerCountOf(plan)).toBe(3);
  const ids = plan.jobs.find((job) => job.tensor === 'model.position_ids')!;
  expect(actOf(ids)).toBe('copy');
});
