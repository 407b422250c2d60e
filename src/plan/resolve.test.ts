import { expect, test } from 'vitest';
import { findMethod } from '../methods/registry.ts';
import type { Rule } from '../recipe/recipe.ts';
import { placeOf } from './groups.ts';
import { depthsOf, onGradient, resolveExpert, resolveGlobal, ruleValue } from './resolve.ts';

const names = [
  'model.embed_tokens.weight',
  ...[0, 1, 2, 3, 4].map((layer) => `model.layers.${layer}.self_attn.q_proj.weight`),
  'encoder.block.0.mlp.weight',
  'encoder.block.1.mlp.weight',
];
const depths = depthsOf(names.map(placeOf));
const located = (name: string) => ({ name, place: placeOf(name), depths });
const layer = (n: number) => located(`model.layers.${n}.self_attn.q_proj.weight`);

const rule = (change: Partial<Rule>): Rule => ({
  id: 'r',
  filter: { kind: 'group', group: 'attention' },
  parameter: 'weight',
  model: null,
  value: 0.5,
  ...change,
});
const ties = findMethod('ties')!;
const weightOn = (rules: readonly Rule[], n: number, model = 'math') =>
  resolveExpert({ weight: 1, density: 0.2 }, ties, rules, model, layer(n))['weight'];

test('depth is counted stack by stack', () => {
  expect([...depths]).toEqual([
    ['model.layers', 5],
    ['encoder.block', 2],
  ]);
});

test('a gradient of two anchors runs evenly from the first layer to the last', () => {
  expect([0, 1, 2, 3, 4].map((n) => onGradient([0, 1], n, 5))).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

test('a gradient of three anchors meets the middle one in the middle', () => {
  const values = [0, 1, 2, 3].map((n) => onGradient([1, 0.7, 0.1], n, 4));
  [1, 0.8, 0.5, 0.1].forEach((value, n) => {
    expect(values[n]).toBeCloseTo(value, 12);
  });
});

test('one anchor holds for all layers; one layer takes the last, as mergekit gives it', () => {
  expect(onGradient([0.3], 4, 5)).toBe(0.3);
  expect(onGradient([0.3, 0.9], 0, 1)).toBe(0.9);
  expect(onGradient([0, 0.25, 1], 0, 1)).toBe(1);
});

test('a gradient is over the depth of the tensor’s own stack', () => {
  const gradient = rule({ filter: { kind: 'contains', text: '' }, value: [0, 1] });
  const on = (name: string) => ruleValue(gradient, name, placeOf(name), depths);
  expect(on('encoder.block.1.mlp.weight')).toBe(1);
  expect(on('model.layers.1.self_attn.q_proj.weight')).toBe(0.25);
});

test('a gradient does not apply outside the layers, a number does', () => {
  const name = 'model.embed_tokens.weight';
  const everywhere = { kind: 'contains', text: '' } as const;
  const on = (value: Rule['value']) =>
    ruleValue(rule({ filter: everywhere, value }), name, placeOf(name), depths);
  expect(on([0, 1])).toBeNull();
  expect(on(0.7)).toBe(0.7);
});

test('the first rule that matches wins', () => {
  const first = rule({ filter: { kind: 'contains', text: 'layers.2.' }, value: 0.1 });
  const second = rule({ value: 0.9 });
  expect([1, 2].map((n) => weightOn([first, second], n))).toEqual([0.9, 0.1]);
  expect([1, 2].map((n) => weightOn([second, first], n))).toEqual([0.9, 0.9]);
});

test('a rule for one model leaves the others alone', () => {
  const rules = [rule({ model: 'code', value: 0 })];
  expect(weightOn(rules, 0, 'code')).toBe(0);
  expect(weightOn(rules, 0, 'math')).toBe(1);
});

/** The 12 slots: BASE, IN04, IN05, IN07, IN08, MID, OUT00 to OUT05. */
const blocks = rule({
  filter: { kind: 'blocks' },
  value: [0.5, 0, 0.25, 1, 1, 1, -1, 1, 1, 1, 1, 2],
});
const inBlock = (name: string, rules: readonly Rule[], weight = 0.8) =>
  resolveExpert({ weight, density: 0.2 }, ties, rules, 'math', located(name))['weight'];

test('block weights multiply the weight that the adapter has, once', () => {
  const down = 'unet/down_blocks.1.attentions.0.proj_in.weight';
  expect(inBlock(down, [blocks])).toBe(0);
  expect(inBlock(down.replace('tions.0', 'tions.1'), [blocks])).toBe(0.2);
  expect(inBlock('model.diffusion_model.output_blocks.5.1.proj_in.weight', [blocks])).toBe(1.6);
  expect(inBlock('lora_unet_output_blocks_0_1_proj_in.weight', [blocks], -2)).toBe(2);
  expect(inBlock('text_encoder_2/text_model.encoder.layers.0.mlp.fc1.weight', [blocks])).toBe(0.4);
  expect(inBlock(down, [{ ...blocks, model: 'code' }])).toBe(0.8);
});

test('what lies in no slot of the list keeps its weight, or follows the next rule', () => {
  const shallow = 'unet/down_blocks.0.attentions.0.proj_in.weight';
  const everywhere = rule({ filter: { kind: 'contains', text: '' }, value: 0.3 });
  expect(inBlock(shallow, [blocks])).toBe(0.8);
  expect(inBlock(shallow, [blocks, everywhere])).toBe(0.3);
  expect(inBlock(shallow.replace('down_blocks.0', 'down_blocks.1'), [blocks, everywhere])).toBe(0);
  expect(inBlock(shallow.replace('down_blocks.0', 'down_blocks.1'), [everywhere, blocks])).toBe(
    0.3,
  );
  expect(inBlock('model.layers.2.self_attn.q_proj.weight', [blocks])).toBe(0.8);
});

test('a filter is letter for letter', () => {
  expect(weightOn([rule({ filter: { kind: 'contains', text: 'Q_PROJ' } })], 0)).toBe(1);
});

test('global parameters follow rules for all models only', () => {
  const lambda = rule({ parameter: 'lambda', value: 0.3 });
  const values = { lambda: 1 };
  expect(resolveGlobal(values, ties, [lambda], layer(0))).toEqual({ lambda: 0.3 });
  expect(resolveGlobal(values, ties, [{ ...lambda, model: 'math' }], layer(0))).toEqual(values);
});

test('a gradient on whole numbers is rounded to them', () => {
  const dare = findMethod('dare_linear')!;
  const draws = rule({ parameter: 'draws', value: [1, 10] });
  const values = { lambda: 1, draws: 1 };
  expect(resolveGlobal(values, dare, [draws], layer(1))).toEqual({ lambda: 1, draws: 3 });
});

test('a parameter that is not a number keeps its value', () => {
  const linear = findMethod('linear')!;
  const values = { normalize: true };
  const rules = [rule({ parameter: 'normalize', value: 0 })];
  expect(resolveGlobal(values, linear, rules, layer(0))).toEqual(values);
});
