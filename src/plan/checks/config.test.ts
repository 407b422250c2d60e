import { expect, test } from 'vitest';
import { headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, recipeOf } from '../../testing/planning.ts';

const tensors = { 'a.weight': ['F32', [2]] } as const;
const llama = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  rope_theta: 10000,
};

function check(change: Record<string, unknown>) {
  const base = headerModel('base', tensors, { config: llama });
  const expert = headerModel('expert', tensors, { config: { ...llama, ...change } });
  return { recipe: recipeOf(base, [expert]), models: [base, expert] };
}

test.each([
  ['architectures', ['MistralForCausalLM'], 'warning', 'MistralForCausalLM; base has LlamaForC'],
  ['hidden_size', 128, 'error', 'hidden_size 128; base has 64'],
  ['num_hidden_layers', 3, 'warning', 'num_hidden_layers 3; base has 2'],
  ['num_attention_heads', 8, 'error', 'num_attention_heads 8; base has 4'],
  ['rope_theta', 500000, 'warning', 'rope_theta 500000; base has 10000'],
  ['rope_scaling', { type: 'linear', factor: 2 }, 'warning', '"factor":2'],
] as const)('%s that differs is named with both values', (field, value, severity, words) => {
  const { recipe, models } = check({ [field]: value });
  const finding = findingOf(recipe, models, 'config-differs');
  expect(finding).toMatchObject({ severity, place: { model: 'expert' } });
  expect(finding.message).toContain(`config.json of expert has ${field}`);
  expect(finding.message).toContain(words);
});

test('equal lists with a number a layer are no difference', () => {
  const lists = () => ({ num_attention_heads: [4, 2] });
  const [base, expert] = ['base', 'expert'].map((id) =>
    headerModel(id, tensors, { config: { ...llama, ...lists() } }),
  );
  expect(findingsOf(recipeOf(base, [expert]), [base, expert])).toEqual([]);
});

test('the advice names the model whose config the output gets', () => {
  const { recipe, models } = check({ rope_theta: 500000 });
  const adviceWith = (config: string) =>
    findingOf({ ...recipe, donors: { config } }, models, 'config-differs').advice;
  expect(adviceWith('base')).toContain('gets the config.json of base.');
  expect(adviceWith('expert')).toContain('gets the config.json of expert.');
});

test('the two spellings of rotary parameters are the same', () => {
  const { recipe, models } = check({
    rope_theta: undefined,
    rope_parameters: { rope_type: 'default', rope_theta: 10000 },
  });
  expect(findingsOf(recipe, models)).toEqual([]);
});

test('fields that merging does not touch may differ', () => {
  const { recipe, models } = check({ transformers_version: '5.0', use_cache: false });
  expect(findingsOf(recipe, models)).toEqual([]);
});

test('a model without config.json is compared with nothing', () => {
  const base = headerModel('base', tensors, { config: llama });
  const bare = headerModel('bare', tensors);
  expect(findingsOf(recipeOf(base, [bare]), [base, bare])).toEqual([]);
});

test('a tokenizer of another content is a warning, its config a note', () => {
  const files = { 'tokenizer.json': 'a', 'tokenizer_config.json': 'a' };
  const base = headerModel('base', tensors, { companions: files });
  const companions = { 'tokenizer.json': 'b', 'tokenizer_config.json': 'b' };
  const expert = headerModel('expert', tensors, { companions });
  const findings = findingsOf(recipeOf(base, [expert]), [base, expert]);
  expect(findings.map(({ severity, code, place }) => [severity, code, place.model])).toEqual([
    ['warning', 'tokenizer-differs', 'expert'],
    ['note', 'tokenizer-differs', 'expert'],
  ]);
  expect(findings[0].message).toContain('tokenizer.json of expert is not the file of base');
  expect(findings[1].message).toContain('tokenizer_config.json of expert');
});

test('equal tokenizers, and experts without any, are fine', () => {
  const base = headerModel('base', tensors, { companions: { 'tokenizer.json': 'a' } });
  const same = headerModel('same', tensors, { companions: { 'tokenizer.json': 'a' } });
  const none = headerModel('none', tensors);
  expect(findingsOf(recipeOf(base, [same, none]), [base, same, none])).toEqual([]);
});
