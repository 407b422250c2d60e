import { bf16, f32, i64, type TestTensor, whole } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { type Files, names, tinyTensors, variant, weightsOnly } from './fixtures/model-folder.ts';
import { expectFinding } from './pages/findings.ts';

type Tensors = Readonly<Record<string, TestTensor>>;

const config = (more: object = {}) =>
  JSON.stringify({ architectures: ['LlamaForCausalLM'], hidden_size: 4, ...more });

/** A base of four tensors and an expert that differs from it as told. */
const family = (expert: Tensors, base: Tensors = tinyTensors()) => ({
  'tiny-base': weightsOnly(base),
  'tiny-one': weightsOnly(expert),
});

test.describe('models that do not quite fit', () => {
  type Case = {
    readonly about: string;
    readonly models: Readonly<Record<string, Files>>;
    readonly severity: 'error' | 'warning' | 'note';
    readonly message: string;
    readonly advice: string;
  };

  const cases: readonly Case[] = [
    {
      about: 'a tensor that an expert lacks',
      models: family(variant(tinyTensors(1), { without: [names.norm] })),
      severity: 'warning',
      message:
        'tiny-one lacks 1 tensor of tiny-base: model.norm.weight; there the other models are merged without it.',
      advice: 'Check that it is a fine-tune of the same model.',
    },
    {
      about: 'a tensor that only an expert has',
      models: family(variant(tinyTensors(1), { extra: { 'adapter.weight': f32([2, 4]) } })),
      severity: 'warning',
      message:
        'tiny-one has 1 tensor that tiny-base lacks: adapter.weight; left out of the output.',
      advice: 'The output has the names of the base',
    },
    {
      about: 'a tensor of another shape',
      models: family(variant(tinyTensors(1), { extra: { [names.gate]: f32([3, 6]) } })),
      severity: 'error',
      message:
        'model.layers.1.mlp.gate_proj.weight has shape [3, 6] in tiny-one; tiny-base has [3, 4].',
      advice: 'Use models of the same size, or keep one model’s tensor',
    },
    {
      about: 'more rows in the vocabulary of an expert',
      models: family(variant(tinyTensors(1), { extra: { [names.embedding]: bf16([7, 4]) } })),
      severity: 'warning',
      message:
        'tiny-one has 7 rows in model.embed_tokens.weight; tiny-base has 5. Its last 2 are left out.',
      advice: 'Check that the tokens of the shared rows are the same ones',
    },
    {
      about: 'fewer rows in the vocabulary of an expert',
      models: family(variant(tinyTensors(1), { extra: { [names.embedding]: bf16([3, 4]) } })),
      severity: 'warning',
      message: 'The first 3 are merged; the last 2 stay as in tiny-base.',
      advice: 'added tokens may differ',
    },
    {
      about: 'no tensor in common',
      models: family({ 'encoder.weight': f32([4]), 'decoder.weight': f32([4]) }),
      severity: 'error',
      message:
        'No tensor name of tiny-one occurs in tiny-base: it has decoder.weight, encoder.weight; expected',
      advice: 'Use models of one architecture, saved by the same library.',
    },
    {
      about: 'another dtype',
      models: family(variant(tinyTensors(1), { extra: { [names.norm]: bf16([4]) } })),
      severity: 'note',
      message:
        'tiny-one holds 1 tensor in another dtype than tiny-base: model.norm.weight is BF16, not F32.',
      advice: 'A model that was rounded to fewer bits carries that rounding into its changes.',
    },
    {
      about: 'integers where the base has floats',
      models: family(variant(tinyTensors(1), { extra: { [names.norm]: i64([4], [1, 2, 3, 4]) } })),
      severity: 'error',
      message:
        'model.norm.weight is I64 in tiny-one and F32 in tiny-base: it cannot be computed with.',
      advice: 'Use a model whose weights are floats there, or keep one model’s.',
    },
    {
      about: 'integers that are copied',
      models: family(
        variant(tinyTensors(1), { extra: { position_ids: i64([3], [0, 1, 9]) } }),
        variant(tinyTensors(), { extra: { position_ids: i64([3], [0, 1, 2]) } }),
      ),
      severity: 'note',
      message: 'Copied from tiny-base, because not floats: 1 tensor of I64 (position_ids).',
      advice: 'whether the values of the others differ is not looked at',
    },
    {
      about: 'integers of another shape',
      models: family(
        variant(tinyTensors(1), { extra: { position_ids: i64([2], [0, 1]) } }),
        variant(tinyTensors(), { extra: { position_ids: i64([3], [0, 1, 2]) } }),
      ),
      severity: 'warning',
      message: 'In another model shape or dtype differ: position_ids.',
      advice: 'Check that the models belong together.',
    },
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
      advice: 'Merge only models that share the vocabulary.',
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
      advice: 'choose a base with a head of its own',
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

  const verbs = { error: 'refuses', warning: 'warns of', note: 'notes' } as const;

  for (const { about, models, ...expected } of cases) {
    test(`${verbs[expected.severity]} ${about}`, async ({ page, workbench, onDisk }) => {
      await page.goto('/');
      await expect(workbench.recipe.experts).toHaveCount(3);
      await workbench.drop(await onDisk(models));
      await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
      await workbench.showTab('Checks');
      await expectFinding(workbench, expected);
      if (expected.severity === 'error') await expect(workbench.run.merge).toBeDisabled();
      else await expect(workbench.run.merge).toBeEnabled();
    });
  }
});

test('refuses vocabularies that differ when told to, and the button lifts it', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  await workbench.drop(
    await onDisk(family(variant(tinyTensors(1), { extra: { [names.embedding]: bf16([7, 4]) } }))),
  );
  await workbench.method.unfold('Output');
  await workbench.method.region.getByLabel('Vocabularies differ').selectOption('refuse');
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'error',
    message: 'tiny-one has 7 rows in model.embed_tokens.weight; tiny-base has 5.',
    advice: 'Merge the rows that all have and keep the rest as in the base.',
  });
  await expect(workbench.run.merge).toBeDisabled();
  await card.getByRole('button', { name: 'Keep the rows of tiny-base' }).click();
  await expect(workbench.run.merge).toBeEnabled();
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
});

test('notices that the same model was dropped twice, and the button removes it', async ({
  workbench,
  onDisk,
}) => {
  const [base, one] = await onDisk(family(tinyTensors(1)));
  await workbench.open();
  await workbench.drop([base, one]);
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await workbench.drop([one]);
  await expect(workbench.recipe.experts).toHaveText(['tiny-one', 'tiny-one']);
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'warning',
    message: 'tiny-one and tiny-one look like the same files: same names, sizes and headers.',
    advice: 'Keep one and give it the sum of the weights, unless it is meant.',
  });
  await card.getByRole('button', { name: 'Remove tiny-one' }).click();
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await expect(workbench.findings.filter({ hasText: 'look like the same files' })).toHaveCount(0);
});

test('refuses SLERP of three models, and the button takes the average', async ({ workbench }) => {
  await workbench.open();
  await workbench.method.choose('SLERP');
  await workbench.showTab('Checks');
  await expect(workbench.run.merge).toBeDisabled();
  await expect(workbench.run.outlook).toHaveText('1 problem to fix');
  const card = await expectFinding(workbench, {
    severity: 'error',
    message: 'SLERP merges exactly 2 models; the recipe has 3.',
    advice: 'Remove 1 model, or choose another method.',
  });
  await card.getByRole('button', { name: 'Use a linear average' }).click();
  await expect(workbench.method.card('Linear average')).toBeChecked();
  await expect(workbench.run.merge).toBeEnabled();
});

test('asks for one more model where SLERP has one', async ({ workbench }) => {
  await workbench.open();
  await workbench.method.choose('SLERP');
  await workbench.recipe.remove('Sort');
  await workbench.recipe.remove('Add');
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'error',
    message: 'SLERP merges exactly 2 models; the recipe has 1.',
    advice: 'Add 1 model.',
  });
  await workbench.recipe.remove('Reverse');
  await expectFinding(workbench, {
    severity: 'error',
    message: 'There is no model to merge yet.',
    advice: 'Drop a fine-tuned model on the page',
  });
});

test('refuses TIES without a base, and the button takes the average', async ({ workbench }) => {
  await workbench.open();
  await workbench.method.choose('TIES');
  await workbench.button('Remove Base as base').click();
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'error',
    message: 'TIES needs the base: the model that the experts were fine-tuned from.',
    advice: 'Choose the base, or a method that does without.',
  });
  await expect(workbench.run.merge).toBeDisabled();
  await card.getByRole('button', { name: 'Use a linear average' }).click();
  await expect(workbench.run.merge).toBeEnabled();
});

test('refuses weights that sum to zero under normalize, and the button lifts it', async ({
  workbench,
}) => {
  await workbench.open();
  await workbench.method.choose('Linear average');
  await workbench.recipe.setField('Sort', 'weight', '-1');
  await workbench.recipe.setField('Add', 'weight', '0');
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'error',
    message: 'The weights 1 + -1 + 0 sum to 0 on 38 tensors',
    advice: 'Change a weight, or switch normalize off.',
  });
  await expect(workbench.run.merge).toBeDisabled();
  await card.getByRole('button', { name: 'Switch normalize off' }).click();
  await expect(workbench.run.merge).toBeEnabled();
});

test('warns of weights and densities that do nothing, and refuses to drop everything', async ({
  workbench,
}) => {
  await workbench.open();
  await workbench.showTab('Checks');
  for (const name of ['Reverse', 'Sort', 'Add']) {
    await workbench.recipe.setField(name, 'weight', '0');
  }
  await expectFinding(workbench, {
    severity: 'warning',
    message: 'Every weight is 0 on 38 tensors',
    advice: 'Give at least one model a weight.',
  });

  await workbench.method.choose('TIES');
  await workbench.recipe.setField('Reverse', 'density', '0');
  await workbench.recipe.setField('Sort', 'density', '1');
  await expectFinding(workbench, {
    severity: 'warning',
    message: 'Reverse has density 0 on 38 tensors',
    advice: 'Choose a density above 0, or remove the model.',
  });
  await expectFinding(workbench, {
    severity: 'note',
    message: 'Sort has density 1 everywhere: nothing is trimmed.',
    advice: 'Lower the density to keep less.',
  });
  await expect(workbench.run.merge).toBeEnabled();

  await workbench.method.choose('DARE');
  await workbench.recipe.setField('Reverse', 'density', '0');
  await expectFinding(workbench, {
    severity: 'error',
    message: 'drop rate p = 1 drops everything, and 1 / (1 − p) has no value.',
    advice: 'Choose a density above 0, or remove the model.',
  });
  await expect(workbench.run.merge).toBeDisabled();
});

test('marks what is typed and is no number within the limits, and keeps the value before', async ({
  workbench,
}) => {
  await workbench.open();
  await workbench.method.choose('TIES');
  const field = workbench.recipe.field('Reverse', 'density');
  for (const text of ['NaN', '1e39', '-0.1', 'Infinity', 'much', '']) {
    await field.fill(text);
    await expect(field, text).toHaveAttribute('aria-invalid', 'true');
    await expect(field, text).toHaveAttribute('title', 'A number from 0');
    await field.blur();
    await expect(field, text).toHaveValue('0.2');
    await expect(field, text).toHaveAttribute('aria-invalid', 'false');
  }
  await field.fill('0,35');
  await field.blur();
  await expect(field).toHaveValue('0.35');
  // Unusual, and taken: everything is kept.
  await field.fill('1.5');
  await expect(field).toHaveAttribute('aria-invalid', 'false');
});

test('says where t of SLERP leaves the arc and where the output cannot hold the values', async ({
  workbench,
}) => {
  await workbench.open();
  await workbench.recipe.remove('Add');
  await workbench.method.choose('SLERP');
  await workbench.method.setField('t', '1.5');
  await workbench.method.unfold('Output');
  await workbench.method.radio('Output precision', 'F16').check({ force: true });
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'warning',
    message: 't is 1.5 on 38 tensors',
    advice: 'Choose t between 0 (first model) and 1 (second).',
  });
  await expectFinding(workbench, {
    severity: 'note',
    message: 'Read as BF16, written as F16, whose largest value is 65,504',
    advice: 'BF16 and F32 have the room.',
  });
});

test('refuses an output without a name', async ({ workbench }) => {
  await workbench.open();
  await workbench.method.unfold('Output');
  await workbench.method.region.getByLabel('Name', { exact: true }).fill('');
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'error',
    message: 'The output has no name.',
    advice: 'Use letters, digits, hyphens and dots',
  });
  await expect(workbench.run.merge).toBeDisabled();
});

test('says that a rule matches nothing, and the button removes it', async ({ workbench }) => {
  await workbench.open();
  await workbench.method.unfold('Layer rules');
  await workbench.button('Add rule').click();
  await workbench.method.region.getByLabel('Rule 1, tensors').selectOption('contains');
  await workbench.method.region.getByLabel('Rule 1, part of the name').fill('layers.99.');
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'warning',
    message: 'matches no merged tensor: it does nothing.',
    advice: 'Look at the tensor names; letters count as they are written.',
  });
  await card.getByRole('button', { name: 'Remove the rule' }).click();
  await expect(workbench.method.region.getByRole('group', { name: 'Rule 1' })).toHaveCount(0);
});
