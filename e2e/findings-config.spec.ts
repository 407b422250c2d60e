import { bf16, f32, type TestTensor } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { type Files, weightsOnly } from './fixtures/model-folder.ts';
import { jsonOf, outputOf } from './fixtures/output-folder.ts';
import { headerOf, valuesOf } from './fixtures/weights.ts';
import { expectFinding } from './pages/findings.ts';

const norm = 'model.norm.weight';
const embedding = 'model.embed_tokens.weight';

/** A Llama of two layers, 4 wide, with 2 heads that share 1 key head and a head of its own. */
const config = {
  ...{ architectures: ['LlamaForCausalLM'], model_type: 'llama', torch_dtype: 'bfloat16' },
  ...{ vocab_size: 10, hidden_size: 4, intermediate_size: 6, tie_word_embeddings: false },
  ...{ num_hidden_layers: 2, num_attention_heads: 2, num_key_value_heads: 1 },
};

function tensors(shift: number): Record<string, TestTensor> {
  const values = [1, -2, 0.5, 3].map((value) => value + shift);
  const layer = (i: number) => ({
    [`model.layers.${i}.self_attn.q_proj.weight`]: bf16([4, 4], values),
    [`model.layers.${i}.self_attn.k_proj.weight`]: bf16([2, 4], values),
    [`model.layers.${i}.mlp.gate_proj.weight`]: bf16([6, 4], values),
  });
  return {
    [embedding]: bf16([10, 4], values),
    ...layer(0),
    ...layer(1),
    [norm]: bf16([4], values),
    'lm_head.weight': bf16([10, 4], values),
  };
}

const folder = (weights: Record<string, TestTensor>, change: object = {}): Files => ({
  ...weightsOnly(weights),
  'config.json': JSON.stringify({ ...config, ...change }),
});

test('norms that an expert keeps in F32 are written so; a chosen precision says that it rounds them', async ({
  workbench,
  onDisk,
}) => {
  const fine = [1 + 2 ** -12, 2, 3, 4];
  await workbench.open();
  await workbench.drop(
    await onDisk({
      'tiny-base': folder(tensors(0)),
      'tiny-one': folder({ ...tensors(1), [norm]: f32([4], fine) }),
    }),
  );
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'note',
    message: `Written as F32, as tiny-one keeps them beside BF16: 1 tensor (${norm}); tiny-base has them narrower.`,
    advice: 'Nothing to do; choose an output precision',
  });
  await workbench.method.unfold('Output');
  await workbench.method.radio('Output precision', 'BF16').check({ force: true });
  const card = await expectFinding(workbench, {
    severity: 'warning',
    message: `tiny-one keeps 1 tensor in F32 beside BF16 (${norm}), as is done for norms and routers on purpose; the chosen BF16 rounds them.`,
    advice: 'or keep your choice',
  });
  await card.getByRole('button', { name: 'Write each as the base has it' }).click();
  await expect(card).toHaveCount(0);
  await workbench.method.setField('λ', '1');
  await workbench.merge();
  const weights = (await outputOf(workbench))['model.safetensors'];
  const dtypes = (await headerOf(weights)).tensors.map(({ name, dtype }) => [name, dtype]);
  expect(Object.fromEntries(dtypes)).toMatchObject({ [norm]: 'F32', [embedding]: 'BF16' });
  expect((await valuesOf(weights))[norm]).toEqual(fine);
});

test('what config.json claims and the tensors do not have is told of every model, and mended in the output', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  await workbench.drop(
    await onDisk({
      'tiny-base': folder(tensors(0), { vocab_size: 12, num_hidden_layers: 4 }),
      'tiny-one': folder(tensors(1), { vocab_size: 11, num_hidden_layers: 4 }),
    }),
  );
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'warning',
    message: `config.json of tiny-base says vocab_size 12, but ${embedding} has 10 rows`,
    advice: 'The output’s config.json says vocab_size 10.',
  });
  await expectFinding(workbench, {
    severity: 'warning',
    message:
      'config.json of tiny-base says num_hidden_layers 4, but model.layers has 2 layers: transformers fills what is not there with random values.',
    advice: 'The output’s config.json says num_hidden_layers 2.',
  });
  await expectFinding(workbench, {
    severity: 'warning',
    message: `config.json of tiny-one says vocab_size 11, but ${embedding} has 10 rows`,
    advice: 'The output gets the config.json of tiny-base.',
  });
  await workbench.merge();
  const output = await outputOf(workbench);
  expect(jsonOf(output['config.json'])).toEqual(config);
});

test('a head beside a config that ties it is told, and the flag can be set', async ({
  workbench,
  onDisk,
}) => {
  const tied = { tie_word_embeddings: true };
  await workbench.open();
  await workbench.drop(
    await onDisk({
      'tiny-base': folder(tensors(0), tied),
      'tiny-one': folder(tensors(1), tied),
    }),
  );
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'note',
    message:
      'transformers 4 takes the embedding for both and transformers 5 loads both as they are stored.',
    advice: 'set tie_word_embeddings to false',
  });
  await card.getByRole('button', { name: 'Set tie_word_embeddings to false' }).click();
  await expectFinding(workbench, {
    severity: 'note',
    message: 'The output’s config.json says tie_word_embeddings false, as chosen',
    advice: 'Nothing to do.',
  });
  await workbench.method.unfold('Output');
  await expect(workbench.method.region.getByLabel('Head and embedding')).toHaveValue('untied');
  await workbench.merge();
  expect(jsonOf((await outputOf(workbench))['config.json'])).toEqual(config);
});
