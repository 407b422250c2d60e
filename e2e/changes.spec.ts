import { f32, modelFile } from '../src/testing/model-file.ts';
import { axeOn } from './fixtures/axe.ts';
import { expect, test } from './fixtures/kept-page.ts';
import type { Files } from './fixtures/model-folder.ts';
import type { Workbench } from './pages/workbench.ts';

const loud = 'model.layers.0.mlp.up_proj.weight';
const quiet = 'model.layers.1.mlp.up_proj.weight';

const model = (first: readonly number[], second: readonly number[]): Files => ({
  'model.safetensors': modelFile({
    [loud]: f32([2, 4], first),
    [quiet]: f32([2, 4], second),
  }),
});

/** Loud changes in layer 0, quiet ones in layer 1: ours 8, 4, 2, 1 and no more, then an eighth of that. */
const family = {
  base: model([1], [1]),
  ours: model([9, 5, 3, 2, 1, 1, 1, 1], [2, 1.5, 1.25, 1.125, 1, 1, 1, 1]),
  theirs: model([-7, -3, -1, 0, 1, 1, 1, 1], [2, 1.5, 1.25, 1.125, 1, 1, 1, 1]),
};

async function open(
  workbench: Workbench,
  onDisk: (files: Record<string, Files>) => Promise<string[]>,
  files: Record<string, Files> = family,
) {
  await workbench.open();
  await workbench.drop(await onDisk(files));
  await expect(workbench.recipe.experts).toHaveCount(Object.keys(files).length - 1);
  await workbench.showTab('Conflicts');
  const view = workbench.page.getByRole('tabpanel', { name: 'Conflicts' });
  await view.getByRole('radio', { name: 'Changes' }).check({ force: true });
  return view;
}

test('shows how large the changes are, and drags the trim', async ({ workbench, onDisk }) => {
  const view = await open(workbench, onDisk);
  const sizes = view.getByRole('region', { name: 'Size of the changes' });
  await workbench.method.choose('TIES');
  await workbench.recipe.setField('ours', 'density', '0.25');
  // 4 of 16 are kept: 8 + 4 + 2 + 1 of 16.875; those of the quiet layer are smaller.
  const ours = sizes.getByRole('row', { name: 'ours' });
  await expect(ours.getByRole('cell')).toHaveText(['50 %', '0.25', '1', '4', '89 %', '99 %']);
  const trim = sizes.getByRole('slider', { name: 'Trim of ours' });
  await expect(trim).toHaveAttribute('aria-valuenow', '75');
  await expect(sizes).toContainText('would leave something of every tensor');

  await trim.focus();
  await workbench.page.keyboard.press('PageUp');
  await expect(trim).toHaveAttribute(
    'aria-valuetext',
    /^density 0.15, threshold 4, keeps 71\s% of L1/,
  );
  await expect(workbench.recipe.field('ours', 'density')).toHaveValue('0.15');
  await expect(sizes).toContainText('A whole-model trim of ours would leave nothing of 1 tensor');
  await expect(sizes.getByRole('listitem')).toHaveText(quiet);

  // The left end of the picture keeps everything.
  const box = (await trim.locator('..').boundingBox())!;
  await workbench.page.mouse.move(box.x + box.width * 0.7, box.y + 100);
  await workbench.page.mouse.down();
  await workbench.page.mouse.move(box.x - 5, box.y + 100, { steps: 4 });
  await workbench.page.mouse.up();
  await expect(workbench.recipe.field('ours', 'density')).toHaveValue('1');
  await expect(ours).toContainText('100 %');
});

test('tells task vectors by group and by tensor, and opens one', async ({ workbench, onDisk }) => {
  const view = await open(workbench, onDisk);
  const numbers = view.getByRole('region', { name: 'Task vectors in numbers' });
  const groups = numbers.getByRole('table', { name: 'What ours changed, by group' });
  // √(64 + 16 + 4 + 1 + (1 + ¼ + …)) = 9.29 beside a base of √16; of 16 elements the median is 0.
  await expect(groups.getByRole('row', { name: 'whole model' }).getByRole('cell')).toHaveText([
    ...['50 %', '1.05', '0', '8', '9.29', '232 %'],
  ]);
  await expect(view.getByRole('note').first()).toContainText(
    'What ours and theirs changed is 232 % as long as the base itself',
  );
  const tensors = numbers.getByRole('region', { name: 'What ours changed, by tensor' });
  await expect(tensors.getByRole('row', { name: quiet }).getByRole('cell')).toHaveText([
    ...['50 %', '0.234', '0', '1', '1.15', '41 %'],
  ]);
  await tensors.getByRole('button', { name: quiet }).click();
  const sizes = view.getByRole('region', { name: 'Size of the changes' });
  await expect(sizes.getByRole('radio', { name: 'Tensor' })).toBeChecked();
  await expect(sizes).toContainText(quiet);
});

test('tells which way task vectors point, of all and by layer', async ({ workbench, onDisk }) => {
  const { base, ours, theirs } = family;
  const view = await open(workbench, onDisk, { base, ours, theirs, same: base });
  const angles = view.getByRole('region', { name: 'Directions of the changes' });
  // −85 + 1.328 of 86.328: opposed where they are loud, alike where they are quiet.
  const pair = angles.getByRole('button', { name: 'ours and theirs: cosine −0.97' });
  await pair.first().click();
  await expect(angles).toContainText('ours and theirs (−0.97) are opposed: a sum cancels');
  const layers = angles.getByRole('region', { name: 'Cosines by layer' });
  await expect(layers.getByRole('row').nth(1)).toHaveText('0−1.009.229.22');
  await expect(layers.getByRole('row').nth(2)).toHaveText('1+1.001.151.15');
  await angles.getByRole('button', { name: 'ours and same: no direction' }).click();
  await expect(angles).toContainText('one of them changes nothing');
  const note = view.getByRole('note').filter({ hasText: 'same is the same as the base' });
  await expect(note).toBeVisible();
});

test('tells how much of each model a merge keeps', async ({ workbench, onDisk }) => {
  const view = await open(workbench, onDisk);
  await workbench.method.choose('Task arithmetic');
  await workbench.method.setField('λ', '0.8');
  await workbench.recipe.setField('theirs', 'weight', '0.5');
  await view.getByRole('radio', { name: 'Survival' }).check({ force: true });
  // In layer 0 ours loses half of itself to theirs, which is turned round; in layer 1 they add up.
  await view.getByRole('radio', { name: 'Layer', exact: true }).check({ force: true });
  const layers = view.getByRole('region', { name: 'What is left by layer' });
  const cells = (n: number) => layers.getByRole('row').nth(n).getByRole('cell');
  // 0.8 · (1 − ½) of a change 9.22 long is 130 % of √8.
  await expect(cells(2)).toHaveText(['+1.00', '−1.00', '–', '130 %', '0 %', '50 %', '0']);
  await expect(cells(3)).toHaveText(['+1.00', '+1.00', '1.20', '49 %', '0 %', '50 %', '0']);
  await view.getByRole('radio', { name: 'Length ratio' }).check({ force: true });
  await expect(cells(3)).toHaveText([/1\.20/, /1\.20/, '1.20', '49 %', '0 %', '50 %', '0']);
  await view.getByRole('radio', { name: 'Cosine' }).check({ force: true });
  await expect(view).toContainText('None of it says whether the merge is any good');
  await workbench.recipe.setField('theirs', 'weight', '3');
  await expect(cells(2)).toHaveText(['−1.00', '+1.00', '–', '522 %', '50 %', '50 %', '0']);
  await view.getByRole('radio', { name: 'Tensor' }).check({ force: true });
  const tensors = view.getByRole('region', { name: 'What is left by tensor' });
  await tensors.getByRole('button', { name: 'ours' }).click();
  await expect(tensors.getByRole('rowheader')).toHaveText(['whole model', quiet, loud]);
  await expect(tensors.getByRole('columnheader', { name: 'ours' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  await view.getByRole('searchbox', { name: 'Search for a tensor' }).fill('LAYERS.0');
  await expect(tensors.getByRole('rowheader')).toHaveText([loud]);
  const saving = workbench.page.waitForEvent('download');
  await view.getByRole('button', { name: 'CSV' }).click();
  expect((await saving).suggestedFilename()).toBe('survival.csv');
});

test('says why nothing is known without a base, and compares two models all the same', async ({
  workbench,
  onDisk,
}) => {
  const { ours, theirs } = family;
  await workbench.open();
  await workbench.drop(await onDisk({ ours, theirs }));
  await workbench.method.choose('Linear average');
  await workbench.showTab('Conflicts');
  const view = workbench.page.getByRole('tabpanel', { name: 'Conflicts' });
  await view.getByRole('radio', { name: 'Changes' }).check({ force: true });
  await expect(view).toContainText('Without a base nobody can tell what a model changed.');
  const two = view.getByRole('region', { name: 'Compare two models' });
  // Layer 0 differs in 4 of its 8 elements, by 16, 8, 4 and 2; layer 1 in none.
  await expect(two).toContainText(
    'theirs differs from ours in 1 of 2 tensors that both have, in 25 % of the elements.',
  );
  await two.getByRole('radio', { name: 'Tensor' }).check({ force: true });
  const table = two.getByRole('region', { name: 'What differs by tensor' });
  // √340 beside √123; the weights’ own product is −63 − 15 − 3 + 0 + 4 of √123 · √63.
  await expect(table.getByRole('row', { name: loud }).getByRole('cell')).toHaveText([
    ...['-0.8747', '50 %', '3.75', '0', '16', '18.4', '166 %'],
  ]);
  await table.getByRole('button', { name: loud }).click();
  await expect(two).toContainText(`|Δ| of ${loud}`);
  await two.getByText('Exactly equal').click();
  await expect(two.getByRole('list', { name: 'Exactly equal' })).toHaveText(quiet);
  await two.getByRole('button', { name: 'Swap' }).click();
  await expect(two).toContainText('ours differs from theirs in 1 of 2 tensors');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has no violation, ${colorScheme}`, async ({ workbench, onDisk }) => {
    await workbench.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const view = await open(workbench, onDisk);
    await expect(view.getByRole('region', { name: 'Size of the changes' })).toBeVisible();
    await view.getByText('The picture as a table').click();
    const { violations } = await axeOn(workbench.page).include('.conflicts').analyze();
    await view.getByRole('radio', { name: 'Survival' }).check({ force: true });
    await expect(view.getByRole('region', { name: 'What is left by group' })).toBeVisible();
    const more = (await axeOn(workbench.page).include('.conflicts').analyze()).violations;
    const all = [...violations, ...more];
    expect(all.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
}
