import { f32 } from '../src/testing/model-file.ts';
import { family } from './fixtures/finding-cases.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { names, tinyTensors, variant } from './fixtures/model-folder.ts';
import { valuesOf } from './fixtures/weights.ts';
import { expectFinding } from './pages/findings.ts';
import type { Workbench } from './pages/workbench.ts';

/** The values of the merged model, merged now. */
async function merged(workbench: Workbench): Promise<Record<string, number[]>> {
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const { bytes } = await workbench.downloaded(() =>
    workbench.result.downloadOf('model.safetensors').click(),
  );
  return valuesOf(bytes);
}

test('one odd tensor is kept as in the base at one press, and the rule can be changed', async ({
  workbench,
  onDisk,
}) => {
  const odd = variant(tinyTensors(1), { extra: { [names.gate]: f32([3, 9]) } });
  await workbench.open();
  await workbench.drop(await onDisk(family(odd)));
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'error',
    message: `${names.gate} has shape [3, 9] in tiny-one; tiny-base has [3, 4].`,
    advice: 'or keep one model’s tensor',
  });
  await expect(workbench.run.merge).toBeDisabled();
  await card.getByRole('button', { name: 'Keep it as in tiny-base' }).click();
  await expect(workbench.run.merge).toBeEnabled();
  await expectFinding(workbench, {
    severity: 'note',
    message: `Kept as in tiny-base, by your rules: 1 tensor of 12 elements (${names.gate}).`,
    advice: 'the rules are under Layer rules',
  });
  await workbench.method.setField('λ', '1');
  const values = await merged(workbench);
  const base = [1, -2, 0.5, 3, -0.25, 4];
  expect(values[names.gate]).toEqual([...base, ...base]);
  expect(values[names.norm]).toEqual([2, -1, 1.5, 4]);

  const rule = workbench.method.region.getByRole('group', { name: 'Keep 1' });
  await expect(rule.getByLabel('Keep 1, whole name')).toHaveValue(names.gate);
  await rule.getByLabel('Keep 1, whose tensors').selectOption('keep those of tiny-one');
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'warning',
    message: `The output has ${names.gate} of shape [3, 9] as tiny-one has it, not [3, 4] as in tiny-base.`,
    advice: 'check that it says the same',
  });
  await workbench.page.locator('header').getByRole('button', { name: 'Undo' }).click();
  await expect(rule.getByLabel('Keep 1, whose tensors')).toHaveValue('base');
  await rule.getByRole('button', { name: 'Remove Keep 1' }).click();
  await expect(workbench.run.merge).toBeDisabled();
});

test('names with a prefix are met under a rename that is offered, shown and can be changed', async ({
  workbench,
  onDisk,
}) => {
  const compiled = Object.fromEntries(
    Object.entries(tinyTensors(1)).map(([name, tensor]) => [`_orig_mod.${name}`, tensor]),
  );
  await workbench.open();
  await workbench.drop(await onDisk(family(compiled)));
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'error',
    message:
      'tiny-one and tiny-base call the same tensors otherwise: renamed by “_orig_mod.*” → “*”, 4 more tensors would meet, 100 % of the elements of tiny-base.',
    advice: 'The rule can be changed under Tensor names',
  });
  await card.getByText('4 tensors', { exact: true }).click();
  await expect(card.getByText(`_orig_mod.${names.norm} → ${names.norm}`)).toBeVisible();
  await expect(workbench.run.merge).toBeDisabled();
  await card.getByRole('button', { name: 'Rename 4 tensors' }).click();
  await expect(workbench.run.merge).toBeEnabled();
  await workbench.method.setField('λ', '1');
  const values = await merged(workbench);
  expect(Object.keys(values).toSorted()).toEqual(Object.values(names).toSorted());
  expect(values[names.norm]).toEqual([2, -1, 1.5, 4]);

  const rule = workbench.method.region.getByRole('group', { name: 'Rename 1' });
  const from = rule.getByLabel('Rename 1, the expert’s name');
  await expect(from).toHaveValue('_orig_mod.*');
  await from.fill('_orig_mod.model.layers');
  await expect(from).toHaveAttribute('aria-invalid', 'true');
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'error',
    message: 'The rename of “_orig_mod.model.layers” to “*” cannot be read',
    advice: 'Give both sides the same number of *',
  });
  await from.fill('_orig_mod.*');
  await expect(workbench.run.merge).toBeEnabled();
  await workbench.page.reload();
  await expect(rule.getByLabel('Rename 1, the base’s name')).toHaveValue('*');
});

test('a model that shares less than half is refused, until one merges anyway', async ({
  workbench,
  onDisk,
}) => {
  const little = variant(tinyTensors(1), { without: [names.embedding, names.query] });
  await workbench.open();
  await workbench.drop(await onDisk(family(little)));
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'error',
    message: 'tiny-one takes part in 30.8 % of the elements of the output',
    advice: 'If it is meant, merge anyway.',
  });
  const words = 'Of 52 elements 30.8 % are merged, 69.2 % copied.';
  await expect(workbench.page.getByText(words)).toBeVisible();
  await expect(workbench.run.merge).toBeDisabled();
  await card.getByRole('button', { name: 'Merge anyway' }).click();
  await expect(workbench.run.merge).toBeEnabled();
  await workbench.showTab('Plan');
  await expect(workbench.page.getByText(words)).toBeVisible();
  await workbench.merge();
  await expect(workbench.result.panel.getByText(words)).toBeVisible();
  await workbench.method.unfold('Output');
  await workbench.method.region.getByLabel('Less than half merged').selectOption('refuse');
  await expect(workbench.run.merge).toBeDisabled();
});
