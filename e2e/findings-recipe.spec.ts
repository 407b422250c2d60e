import { expect, test } from './fixtures/kept-page.ts';
import { expectFinding } from './pages/findings.ts';

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
  await workbench.recipe.chooseOption('Base', 'Remove');
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
