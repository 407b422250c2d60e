import { bf16, whole } from '../src/testing/model-file.ts';
import { dropAndFind, type FindingCase, family, titleOf } from './fixtures/finding-cases.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { names, tinyTensors, variant, weightsOnly } from './fixtures/model-folder.ts';
import { expectFinding } from './pages/findings.ts';

const config = (more: object = {}) =>
  JSON.stringify({ architectures: ['LlamaForCausalLM'], hidden_size: 4, ...more });

const cases: readonly FindingCase[] = [
  {
    about: 'another width in config.json',
    models: {
      'tiny-base': { ...weightsOnly(tinyTensors()), 'config.json': config() },
      'tiny-one': { ...weightsOnly(tinyTensors(1)), 'config.json': config({ hidden_size: 8 }) },
    },
    severity: 'error',
    message: 'config.json of tiny-one has hidden_size 8; tiny-base has 4',
    advice: 'The output gets the config.json of tiny-base.',
  },
  {
    about: 'another architecture in config.json',
    models: {
      'tiny-base': { ...weightsOnly(tinyTensors()), 'config.json': config() },
      'tiny-one': {
        ...weightsOnly(tinyTensors(1)),
        'config.json': config({ architectures: ['MistralForCausalLM'] }),
      },
    },
    severity: 'warning',
    message: 'has architectures MistralForCausalLM; tiny-base has LlamaForCausalLM',
    advice: 'Check that both are fine-tunes of one model.',
  },
  {
    about: 'other rotary positions in config.json',
    models: {
      'tiny-base': { ...weightsOnly(tinyTensors()), 'config.json': config({ rope_theta: 1e4 }) },
      'tiny-one': { ...weightsOnly(tinyTensors()), 'config.json': config({ rope_theta: 5e5 }) },
    },
    severity: 'warning',
    message: 'config.json of tiny-one has rope_theta 500000; tiny-base has 10000',
    advice: 'The output gets the config.json of tiny-base.',
  },
  {
    about: 'another tokenizer',
    models: {
      'tiny-base': { ...weightsOnly(tinyTensors()), 'tokenizer.json': '{"model":{}}' },
      'tiny-one': { ...weightsOnly(tinyTensors(1)), 'tokenizer.json': '{"model":{"a":1}}' },
    },
    severity: 'warning',
    message:
      'tokenizer.json of tiny-one is not the file of tiny-base: tokens may mean different rows.',
    advice: 'Merge by token, or only models that share the vocabulary.',
  },
  {
    about: 'a head of its own on an expert of a tied base',
    models: {
      'tiny-base': {
        ...weightsOnly(tinyTensors()),
        'config.json': config({ tie_word_embeddings: true }),
      },
      'tiny-one': weightsOnly(
        variant(tinyTensors(1), { extra: { 'lm_head.weight': bf16([5, 4]) } }),
      ),
    },
    severity: 'warning',
    message:
      'tiny-one stores lm_head.weight; in tiny-base the head is the embedding, so it is left out.',
    advice: 'give the output a head of its own',
  },
  {
    about: 'quantised weights',
    models: {
      'tiny-base': weightsOnly(tinyTensors()),
      'tiny-one': weightsOnly(
        variant(tinyTensors(1), {
          without: [names.query],
          extra: {
            'model.layers.0.self_attn.q_proj.qweight': whole('I32', [1, 4]),
            'model.layers.0.self_attn.q_proj.qzeros': whole('I32', [1, 1]),
            'model.layers.0.self_attn.q_proj.scales': bf16([1, 4]),
          },
        }),
      ),
    },
    severity: 'error',
    message:
      'tiny-one holds 1 tensor of AWQ or GPTQ (model.layers.0.self_attn.q_proj.qweight) that cannot be read as values.',
    advice: 'Use the original model in 16 or 32 bits',
  },
  {
    about: 'a quantisation that config.json still names',
    models: {
      'tiny-base': weightsOnly(tinyTensors()),
      'tiny-one': {
        ...weightsOnly(tinyTensors(1)),
        'config.json': config({ quantization_config: { quant_method: 'bitsandbytes' } }),
      },
    },
    severity: 'note',
    message:
      'config.json of tiny-one says that it is quantised (bitsandbytes), but its weights are plain',
    advice: 'Nothing to do; the config.json of the output does not say it.',
  },
];

for (const one of cases) {
  test(titleOf(one), async ({ workbench, onDisk }) => {
    await dropAndFind(workbench, await onDisk(one.models), one);
  });
}

test('notices that the same model was dropped twice, and the button removes it', async ({
  workbench,
  onDisk,
}) => {
  const [base, one] = await onDisk(family(tinyTensors(1)));
  await workbench.open();
  await workbench.drop([base, one]);
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await workbench.drop([one]);
  await expect(workbench.recipe.experts).toHaveText(['tiny-one', 'tiny-one (2)']);
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'warning',
    message: 'tiny-one (2) and tiny-one look like the same files: same names, sizes and headers.',
    advice: 'Keep one and give it the sum of the weights, unless it is meant.',
  });
  await card.getByRole('button', { name: 'Remove tiny-one (2)' }).click();
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await expect(workbench.findings.filter({ hasText: 'look like the same files' })).toHaveCount(0);
});
