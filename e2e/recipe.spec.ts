import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures/kept-page.ts';
import { names, tinyTensors, weightsOnly } from './fixtures/model-folder.ts';
import { test as onNewPage } from './fixtures/test.ts';
import { expectFinding } from './pages/findings.ts';
import { Workbench } from './pages/workbench.ts';

const tiny = {
  'tiny-base': weightsOnly(tinyTensors()),
  'tiny-one': weightsOnly(tinyTensors(1)),
};

/** A few edits of every kind; `expectEdits` finds them again. */
async function makeEdits({ method, recipe }: Workbench): Promise<void> {
  await method.choose('TIES');
  await method.setDialect('PEFT');
  await method.setField('λ', '0.45');
  await recipe.remove('Add');
  await recipe.setField('Sort', 'weight', '-0.5');
  await recipe.setField('Reverse', 'density', '0.35');
}

async function expectEdits({ method, recipe }: Workbench): Promise<void> {
  await expect(method.card('TIES')).toBeChecked();
  await expect(method.field('λ')).toHaveValue('0.45');
  await expect(recipe.experts).toHaveText(['Reverse', 'Sort']);
  await expect(recipe.field('Sort', 'weight')).toHaveValue('−0.5');
  await expect(recipe.field('Reverse', 'density')).toHaveValue('0.35');
  await method.unfold('Exact behaviour');
  await expect(method.radio('Dialect', 'PEFT')).toBeChecked();
}

test('undoes and redoes edits by button and by key', async ({ page, workbench }) => {
  await workbench.open();
  const { method, recipe } = workbench;
  await expect(workbench.button('Undo')).toBeDisabled();
  const lambda = await method.field('λ').inputValue();
  await method.setField('λ', '0.3');
  await recipe.remove('Sort');
  await method.choose('TIES');

  await workbench.button('Undo').click();
  await expect(method.card('Task arithmetic')).toBeChecked();
  await workbench.button('Undo').click();
  await expect(recipe.experts).toHaveText(['Reverse', 'Sort', 'Add']);
  await workbench.button('Undo').click();
  await expect(method.field('λ')).toHaveValue(lambda);
  await expect(workbench.button('Undo')).toBeDisabled();
  await workbench.button('Redo').click();
  await expect(method.field('λ')).toHaveValue('0.3');

  await page.keyboard.press('Control+z');
  await expect(method.field('λ')).toHaveValue(lambda);
  for (let n = 0; n < 3; n++) await page.keyboard.press('Control+Shift+Z');
  await expect(method.card('TIES')).toBeChecked();
  await expect(recipe.experts).toHaveText(['Reverse', 'Add']);
  await expect(workbench.button('Redo')).toBeDisabled();
  await page.keyboard.press('Control+z');
  await expect(method.field('λ')).toHaveValue('0.3');
});

test('leaves Ctrl+Z to a text field while one types in it', async ({ page, workbench }) => {
  await workbench.open();
  await workbench.recipe.remove('Sort');
  await workbench.method.field('λ').click();
  await page.keyboard.press('Control+z');
  await expect(workbench.recipe.experts).toHaveText(['Reverse', 'Add']);
});

test('keeps the recipe when the page is reloaded at once', async ({ page, workbench }) => {
  await workbench.open();
  await makeEdits(workbench);
  await page.reload();
  await expectEdits(workbench);
  await expect(workbench.run.merge).toBeEnabled();
});

onNewPage(
  'restores a recipe from its link in another browser',
  async ({ page, workbench, browser, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.open();
    await makeEdits(workbench);
    await workbench.button('Share link').click();
    const dialog = workbench.dialog('Share this recipe');
    const link = await dialog.getByRole('textbox', { name: 'Share link' }).inputValue();
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);

    const elsewhere = await browser.newContext();
    const other = new Workbench(await elsewhere.newPage());
    await other.open(link);
    await expectEdits(other);
    expect(other.page.url()).not.toContain('#');
    await elsewhere.close();
  },
);

test('tells which models a link needs, and takes them when they are dropped', async ({
  workbench,
  browser,
  onDisk,
}) => {
  const [base, one] = await onDisk(tiny);
  await workbench.open();
  await workbench.drop([base, one]);
  await workbench.recipe.setField('tiny-one', 'weight', '0.25');
  await workbench.button('Share link').click();
  const dialog = workbench.dialog('Share this recipe');
  await expect(dialog).toContainText('tiny-base, tiny-one lie on your computer');
  const link = await dialog.getByRole('textbox', { name: 'Share link' }).inputValue();

  const elsewhere = await browser.newContext();
  const other = new Workbench(await elsewhere.newPage());
  await other.page.goto(link);
  await expect(other.recipe.expert('tiny-one')).toContainText('Not open. Drop “tiny-one”');
  await other.showTab('Checks');
  for (const name of ['tiny-base', 'tiny-one']) {
    await expectFinding(other, {
      severity: 'error',
      message: `The recipe names ${name} (`,
      advice: 'Drop its files on the page again, or remove it from the recipe.',
    });
  }
  await expect(other.run.merge).toBeDisabled();
  await other.drop([one]);
  await expect(other.recipe.expert('tiny-one')).toContainText('safetensors');
  await other.drop([base]);
  await expect(other.run.outlook).toHaveText(/^4 tensors, reads/);
  await expect(other.recipe.experts).toHaveText(['tiny-one']);
  await expect(other.recipe.field('tiny-one', 'weight')).toHaveValue('0.25');
  await other.merge();
  await expect(other.result.verdict).toContainText('verified.');
  await elsewhere.close();
});

test('exports the recipe as JSON and imports it again', async ({ page, workbench }) => {
  await workbench.open();
  await makeEdits(workbench);
  const { name, bytes } = await workbench.downloaded(() =>
    workbench.button('Export recipe').click(),
  );
  expect(name).toBe('demo-merge.recipe.json');
  expect(JSON.parse(bytes.toString())).toMatchObject({
    version: 2,
    method: 'ties',
    dialect: 'peft',
    values: { lambda: 0.45 },
    experts: [{ values: { density: 0.35 } }, { values: { weight: -0.5 } }],
  });

  await workbench.method.choose('Linear average');
  await workbench.recipe.remove('Reverse');
  const chooser = page.waitForEvent('filechooser');
  await workbench.button('Import recipe').click();
  await (await chooser).setFiles([{ name, mimeType: 'application/json', buffer: bytes }]);
  await expect(workbench.notice).toContainText('The recipe of demo-merge.recipe.json is in place.');
  await expectEdits(workbench);
});

test('says what is wrong with a recipe file and keeps the recipe', async ({ page, workbench }) => {
  await workbench.open();
  await workbench.method.setField('λ', '0.3');
  const recipe = { version: 1, method: 'task_arithmetic', experts: [] };
  const damaged = {
    '{"version": 1,': 'The recipe is not JSON',
    [JSON.stringify({ ...recipe, version: 7 })]:
      'The recipe is in format 7; this Amalgam reads formats up to 2.',
    [JSON.stringify({ ...recipe, method: 'alchemy' })]: 'method: ',
    [JSON.stringify({ ...recipe, values: { lambda: 1e39 } })]:
      'values.lambda: λ must be a number that an f32 can hold, found 1e+39',
    [JSON.stringify({ ...recipe, colour: 'red' })]: 'colour: ',
  };
  for (const [text, says] of Object.entries(damaged)) {
    const chooser = page.waitForEvent('filechooser');
    await workbench.button('Import recipe').click();
    await (await chooser).setFiles([
      { name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(text) },
    ]);
    await expect(workbench.refused).toContainText(`mine.json: ${says}`);
    await workbench.refused.getByRole('button', { name: 'Dismiss' }).click();
  }
  await expect(workbench.method.field('λ')).toHaveValue('0.3');
  await expect(workbench.recipe.experts).toHaveCount(3);
});

test('says that a link is damaged and opens the demo', async ({ workbench }) => {
  await workbench.open('/#r=bm90IGEgcmVjaXBl');
  await expect(workbench.refused).toContainText('The share link is damaged');
  await expect(workbench.refused).toContainText('Copy the whole link again');
  await expect(workbench.recipe.experts).toHaveCount(3);
});

test('sets up well-known merges from the presets', async ({ page, workbench }) => {
  await workbench.open();
  const { method, recipe } = workbench;
  const choose = async (preset: string) => {
    await workbench.button('Presets').click();
    await page.getByRole('menuitem', { name: preset }).click();
  };
  await choose('Combine skills');
  await expect(method.field('λ')).toHaveValue('0.6');
  await choose('Forget');
  await expect(recipe.field('Sort', 'weight')).toHaveValue('1');
  await expect(recipe.field('Add', 'weight')).toHaveValue('−1');
  await choose('Soup');
  await expect(method.card('Linear average')).toBeChecked();
  await expect(method.region.getByLabel('normalize')).toBeChecked();

  await workbench.button('Presets').click();
  const analogy = page.getByRole('menuitem', { name: 'Analogy' });
  await expect(analogy).toBeDisabled();
  await expect(analogy).toContainText(
    'An analogy needs exactly two experts, B and C; there are 3.',
  );
  await page.keyboard.press('Escape');
  await recipe.remove('Sort');
  await choose('Analogy');
  await expect(method.field('λ')).toHaveValue('1');
  await expect(method.card('Task arithmetic')).toBeChecked();
});

test('shows in the tensor table what layer rules and gradients come to', async ({ workbench }) => {
  await workbench.open();
  const { method, recipe, tensors } = workbench;
  await method.setField('λ', '0.7');
  for (const name of ['Reverse', 'Sort', 'Add']) await recipe.setField(name, 'weight', '1');
  await method.unfold('Layer rules');
  await workbench.button('Add rule').click();
  await method.region.getByLabel('Rule 1, parameter').selectOption('weight');
  await method.region.getByLabel('Rule 1, expert').selectOption('of Sort');
  await method.region.getByLabel('Rule 1, tensors').selectOption('in mlp');
  await method.region.getByLabel('Rule 1, value').fill('0.25');
  await workbench.button('Add gradient').click();
  await method.region.getByLabel('Rule 2, parameter').selectOption('λ');
  await method.region.getByLabel('Rule 2, tensors').selectOption('in attention');
  await method.region.getByLabel('Rule 2, point 1').fill('0');
  await method.region.getByLabel('Rule 2, point 2').fill('1.5');

  await workbench.showTab('Tensors');
  const config = JSON.parse(readFileSync('public/demo/base/config.json', 'utf8'));
  const layers = config.num_hidden_layers - 1;
  const expectParameters = async (tensor: string, text: string) => {
    await tensors.filter.fill(tensor);
    await expect(tensors.parameters(tensor)).toHaveText(text);
  };
  await expectParameters('layers.0.mlp.gate_proj.weight', 'λ 0.7 · weight 1, 0.25, 1');
  await expectParameters('layers.0.self_attn.q_proj.weight', 'λ 0 · weight 1, 1, 1');
  await expectParameters(`layers.${layers}.self_attn.q_proj.weight`, 'λ 1.5 · weight 1, 1, 1');
  await expectParameters('model.norm.weight', 'λ 0.7 · weight 1, 1, 1');

  await workbench.button('Undo').click();
  await workbench.button('Remove Rule 2').click();
  await expectParameters('layers.0.self_attn.q_proj.weight', 'λ 0.7 · weight 1, 1, 1');
});

test('filters the tensor table by name, group and what happens', async ({ workbench, onDisk }) => {
  await workbench.open();
  await workbench.drop(await onDisk(tiny));
  await workbench.showTab('Tensors');
  await expect(workbench.tensors.row(names.embedding)).toContainText('5 × 4');
  await workbench.tensors.filter.fill('mlp layer1');
  await expect(workbench.tensors.row(names.gate)).toBeVisible();
  await expect(workbench.tensors.row(names.embedding)).toHaveCount(0);
  await expect(workbench.page.getByText('1 of 4 tensors')).toBeVisible();
  await workbench.tensors.filter.fill('no such tensor');
  await expect(workbench.page.getByText('No tensor has all of these words.')).toBeVisible();
});

test('suggests a method by four questions and sets it up', async ({ workbench }) => {
  await workbench.open();
  await workbench.button('Suggest a method').click();
  const dialog = workbench.dialog('Suggest a method');
  const best = dialog.getByRole('list', { name: 'Suggestions' }).getByRole('heading').first();
  await expect(best).toHaveText('Task arithmetic');
  await dialog.getByRole('radio', { name: 'Something between two models' }).check();
  await dialog.getByRole('radio', { name: 'Two', exact: true }).check();
  await expect(best).toHaveText('SLERP');
  await dialog.getByRole('radio', { name: 'A model that has lost a skill' }).check();
  await expect(best).toHaveText('Task arithmetic');
  await expect(dialog).toContainText('Other skills can suffer too: try small weights.');
  await dialog.getByRole('button', { name: 'Use Task arithmetic' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(workbench.recipe.field('Add', 'weight')).toHaveValue('−1');
});
