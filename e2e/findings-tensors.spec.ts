import { bf16, f32, i64 } from '../src/testing/model-file.ts';
import { dropAndFind, type FindingCase, family, titleOf } from './fixtures/finding-cases.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { names, tinyTensors, variant } from './fixtures/model-folder.ts';
import { expectFinding } from './pages/findings.ts';

const cases: readonly FindingCase[] = [
  {
    about: 'a tensor that an expert lacks',
    models: family(variant(tinyTensors(1), { without: [names.norm] })),
    severity: 'warning',
    message:
      'tiny-one lacks 1 tensor of tiny-base: model.norm.weight; there the output has what tiny-base has.',
    advice: 'Check that it is a fine-tune of the same model.',
  },
  {
    about: 'a tensor that only an expert has',
    models: family(variant(tinyTensors(1), { extra: { 'adapter.weight': f32([2, 4]) } })),
    severity: 'warning',
    message: 'tiny-one has 1 tensor that tiny-base lacks: adapter.weight; left out of the output.',
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
    advice: 'Rows of one number may be of different tokens: merge by token',
  },
  {
    about: 'fewer rows in the vocabulary of an expert',
    models: family(variant(tinyTensors(1), { extra: { [names.embedding]: bf16([3, 4]) } })),
    severity: 'warning',
    message: 'The first 3 are merged; the last 2 stay as in tiny-base.',
    advice: 'Rows of one number may be of different tokens',
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
];

for (const one of cases) {
  test(titleOf(one), async ({ workbench, onDisk }) => {
    await dropAndFind(workbench, await onDisk(one.models), one);
  });
}

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
    advice: 'Merge by token, or merge the rows that all have and keep the rest as in the base.',
  });
  await expect(workbench.run.merge).toBeDisabled();
  await card.getByRole('button', { name: 'Keep the rows of tiny-base' }).click();
  await expect(workbench.run.merge).toBeEnabled();
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
});
