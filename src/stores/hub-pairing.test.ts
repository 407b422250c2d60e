import { expect, test } from 'vitest';
import { factsOf } from '../formats/model-facts.ts';
import type { HubModel } from '../hub/model.ts';
import { headerModel } from '../testing/model.ts';
import { pairingProblem } from './hub-pairing.ts';

const base = factsOf(
  headerModel(
    'base',
    { w: ['BF16', [1000, 1000]] },
    { config: { architectures: ['LlamaForCausalLM'] } },
  ),
);
const model: HubModel = {
  id: 'org/expert',
  author: 'org',
  likes: 0,
  downloads: 0,
  updated: '',
  licence: null,
  gated: false,
  private: false,
  parameters: { total: 1_000_000, byDtype: { BF16: 1_000_000 } },
  architecture: 'LlamaForCausalLM',
  modelType: 'llama',
  quantization: null,
  task: null,
  library: null,
  kind: 'full',
  baseModels: [],
};

test.each([
  ['a model of the same kind', {}, null],
  ['one with a head of its own', { parameters: { total: 1_300_000, byDtype: {} } }, null],
  ['one of which the Hub knows nothing', { parameters: null, architecture: null }, null],
  ['an adapter, which is small', { kind: 'adapter', parameters: { total: 9, byDtype: {} } }, null],
  [
    'another architecture',
    { architecture: 'MistralForCausalLM' },
    /MistralForCausalLM, base a Llama/,
  ],
  ['another size', { parameters: { total: 3_000_000, byDtype: {} } }, /3 M parameters, base 1 M/],
  [
    'quantised weights',
    { quantization: 'gptq', parameters: { total: 1_000_000, byDtype: { I32: 9, F16: 1 } } },
    /quantised \(gptq\)/,
  ],
  ['a method that is named beside plain weights', { quantization: 'bitsandbytes' }, null],
  ['FP8, which is read as values', { quantization: 'fp8' }, null],
  [
    'codes of which several are one number',
    { quantization: 'mxfp4', parameters: { total: 200_000, byDtype: { U8: 190_000, BF16: 10 } } },
    null,
  ],
] as const)('%s', (_, more, expected) => {
  const problem = pairingProblem({ ...model, ...more }, base);
  if (expected === null) expect(problem).toBeNull();
  else expect(problem).toMatch(expected);
});

test('without a base only quantised weights are a problem', () => {
  expect(pairingProblem({ ...model, architecture: 'Other' }, null)).toBeNull();
  const awq = { ...model, quantization: 'awq', parameters: null };
  expect(pairingProblem(awq, null)).toMatch(/awq/);
});
