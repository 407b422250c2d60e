import { f32, modelFile } from '../src/testing/model-file.ts';
import { axeOn } from './fixtures/axe.ts';
import { expect, test } from './fixtures/kept-page.ts';
import type { Files } from './fixtures/model-folder.ts';
import type { Workbench } from './pages/workbench.ts';

const calm = 'model.layers.0.mlp.up_proj.weight';
const contested = 'model.layers.1.mlp.up_proj.weight';

const model = (first: readonly number[], second: readonly number[]): Files => ({
  'model.safetensors': modelFile({
    [calm]: f32([2, 4], first),
    [contested]: f32([2, 4], second),
  }),
});

/** Both agree in layer 0. In layer 1 they are opposed in half of the elements: 3 against 1 there, 1 and 1 elsewhere. */
const family = {
  base: model([0], [0]),
  ours: model([1], [3, 1]),
  theirs: model([1], [-1, 1]),
};

async function open(workbench: Workbench, onDisk: (files: typeof family) => Promise<string[]>) {
  await workbench.open();
  await workbench.drop(await onDisk(family));
  await expect(workbench.recipe.experts).toHaveCount(2);
  await workbench.showTab('Conflicts');
  return workbench.page.getByRole('tabpanel', { name: 'Conflicts' });
}

test('shows which layer fights, down to the element', async ({ workbench, onDisk }) => {
  const view = await open(workbench, onDisk);
  // 4 of 16 shared elements; 4 · 2·min(3, 1) of a mass of 16 + 4·4 + 4·2.
  await expect(view).toContainText('opposite directions in 25 %; random signs would in 50 %');
  await expect(view).toContainText('A plain sum would cancel 20 %');
  await expect(view).toContainText(`most of all in ${contested} (33 %)`);
  await expect(view).toContainText('All 16 elements were looked at.');

  const grid = view.getByRole('table', { name: 'Cancellation by layer and role' });
  await grid.getByRole('button', { name: `${calm}: cancellation 0 %` }).focus();
  await workbench.page.keyboard.press('ArrowDown');
  const cell = grid.getByRole('button', { name: `${contested}: cancellation 33 %` });
  await expect(cell).toBeFocused();
  await expect(view.locator('.conflict-told')).toHaveText(`${contested}: cancellation 33 %`);
  await workbench.page.keyboard.press('Enter');

  const close = view.getByRole('region', { name: `Tensor ${contested}` });
  // What a press opens comes into sight, however far below it lies.
  await expect(close.getByRole('img', { name: `Cancellation in ${contested}` })).toBeInViewport();
  await expect(close).toContainText('2 × 4: 50 % of the shared elements conflict');
  const picture = close.getByRole('img', { name: `Cancellation in ${contested}` });
  // Half of what the models want of each second element cancels: half way from calm to conflict, and calm beside it.
  await expect(async () => {
    const colours = await picture.evaluate((canvas: HTMLCanvasElement) =>
      [0.5, 1.5, 2.5, 3.5].map((column) => {
        const [x, y] = [(canvas.width * column) / 4, canvas.height / 4];
        return [...canvas.getContext('2d')!.getImageData(Math.round(x), Math.round(y), 1, 1).data];
      }),
    );
    for (const [column, colour] of colours.entries()) {
      const wanted = column % 2 === 0 ? [166, 135, 188] : [241, 235, 244];
      for (const [i, value] of wanted.entries()) {
        expect(Math.abs(colour[i] - value), `column ${column}: ${colour}`).toBeLessThan(4);
      }
    }
  }).toPass({ timeout: 5000 });
  await close.getByText('The picture as a table').click();
  await expect(close.getByRole('row', { name: 'All rows 50 % 0 % 50 % 0 % 33 %' })).toBeVisible();
  await picture.focus();
  await workbench.page.keyboard.press('ArrowRight');
  await expect(close).toContainText('Row 0, column 1: 0 % cancels, 0 of 1 shared in conflict');
  await workbench.page.keyboard.press('Enter');

  const elements = view.getByRole('region', { name: 'Elements' });
  const first = elements.getByRole('button', {
    name: 'row 0, column 0: ours +3.00000, theirs −1.00000',
  });
  await expect(first).toBeInViewport();
  await first.click();
  await expect(elements).toContainText('Plus pulls harder; 50 % of the mass would cancel');
  await expect(elements.getByRole('row', { name: 'Average of the changes' })).toContainText('+1');
  await workbench.page.keyboard.press('ArrowRight');
  await expect(elements).toContainText('Row 0, column 1');
  await expect(elements).toContainText('Nobody disagrees here.');

  const numbers = await workbench.downloaded(() =>
    elements.getByRole('button', { name: 'Elements as CSV' }).click(),
  );
  expect(numbers.name).toBe(`${contested}-rows-0-1-columns-0-3.csv`);
  // Base 0, and λ = 0.8 times what is left of 3 − 1.
  expect(numbers.bytes.toString().split('\r\n')[1]).toBe(
    `0,0,0,${Math.fround(0.8 * 2)},0.5,3,3,1,-1,-1,1`,
  );
  const drawn = await workbench.downloaded(() =>
    close.getByRole('button', { name: 'Tiles as PNG' }).click(),
  );
  expect(drawn.name).toBe(`${contested}-cancellation.png`);
  expect(drawn.bytes.readUInt32BE(16)).toBeGreaterThan(768);
  const axe = axeOn(workbench.page).include('#view');
  const { violations } = await axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html)}`)).toEqual([]);

  // Back goes up level by level; the address says where one is.
  const { page } = workbench;
  await expect(page).toHaveURL(/tensor=model\.layers\.1\..*&square=0,0&element=1$/);
  await page.goBack();
  await page.goBack();
  await expect(close).toBeVisible();
  await expect(elements).toBeHidden();
  await page.goBack();
  await expect(view).toContainText('Choose a cell');
  await page.goForward();
  await expect(close).toContainText('2 × 4: 50 %');
});

test('a link opens at what it leads to, and says what of it is not there', async ({
  workbench,
}) => {
  const tensor = 'model.layers.1.mlp.up_proj.weight';
  await workbench.open(`/#tab=conflicts&colour=margin&tensor=${tensor}&square=16,32&element=17`);
  const view = workbench.page.getByRole('tabpanel', { name: 'Conflicts' });
  const elements = view.getByRole('region', { name: 'Elements' });
  await expect(elements.getByRole('heading')).toHaveText('Row 17, column 33');
  await expect(view.getByLabel('Colour')).toHaveValue('margin');
  // One can come nearer and move there, and a link keeps that.
  const { page } = workbench;
  const picture = view.getByRole('img', { name: `Cancellation in ${tensor}` });
  await picture.focus();
  await page.keyboard.press('+');
  await expect(page).toHaveURL(/sight=\d+,\d+,200,64/);
  await page.keyboard.press('0');
  await expect(page).not.toHaveURL(/sight/);
  await page.goto(`/#tab=conflicts&tensor=${tensor}&sight=100,40,50,20`);
  await expect(view).toContainText('Each element; rows 100–149, columns 40–59');
  await workbench.page.goto(`/#tab=conflicts&tensor=${tensor}&square=5000,0`);
  await expect(view).toContainText('There is no element at row 5000, column 0');
  await expect(view.getByRole('region', { name: `Tensor ${tensor}` })).toBeVisible();
  await workbench.page.goto('/#tab=conflicts&tensor=nobody.weight');
  await expect(view).toContainText('No tensor that is merged is called nobody.weight.');
  await expect(view).toContainText('Choose a cell');
});

test('a weight, a density or another colour shows at once what it does', async ({
  workbench,
  onDisk,
}) => {
  const view = await open(workbench, onDisk);
  await expect(view).toContainText('opposite directions in 25 %');
  await view.getByLabel('Colour').selectOption('Conflict rate');
  await expect(view).toContainText('The mark is chance: 50 % for 2 models');
  const grid = view.getByRole('table');
  await expect(
    grid.getByRole('button', { name: `${contested}: conflict rate 50 %, 50 % by chance` }),
  ).toBeVisible();
  // What was opposed agrees when one of them is turned round.
  await workbench.recipe.setField('theirs', 'weight', '-1');
  await expect(view).toContainText('opposite directions in 75 %');
  await workbench.recipe.setField('theirs', 'weight', '0');
  await expect(view).toContainText('No element is changed by two models');
  await expect(
    grid.getByRole('button', { name: `${contested}: only one model changes it` }),
  ).toBeVisible();
});

test('lays what every method makes of the models side by side, and takes one on with a press', async ({
  workbench,
  onDisk,
}) => {
  const view = await open(workbench, onDisk);
  await view.getByRole('radio', { name: 'Compare' }).check();
  const table = view.getByRole('region', { name: 'Methods side by side' });
  const row = (name: string) => table.getByRole('row', { name: new RegExp(`^${name} `) });
  // The sum is 2 everywhere: 0.8 of it is 1.6 times the average, and 48 ÷ (8 · √48) of it goes the way of ours.
  await expect(row('Task arithmetic')).toContainText('25 %+0.87+0.501.60');
  await expect(row('TIES')).toContainText('Use this method');
  await table.getByRole('button', { name: '÷ average' }).click();
  await expect(table.getByRole('columnheader', { name: '÷ average' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  await table.getByRole('button', { name: 'Use this method: TIES' }).click();
  await expect(row('TIES')).toContainText('present');
  await expect(workbench.page.getByRole('radio', { name: /^TIES/ })).toBeChecked();
  await workbench.page.keyboard.press('Control+z');
  await expect(row('Task arithmetic')).toContainText('present');
});

test('says what is missing before there is a plan', async ({ workbench, onDisk }) => {
  await workbench.open();
  const { base, ours } = family;
  const other = { 'model.safetensors': modelFile({ [calm]: f32([3, 3]) }) };
  await workbench.drop(await onDisk({ base, ours, other }));
  await workbench.showTab('Conflicts');
  const view = workbench.page.getByRole('tabpanel', { name: 'Conflicts' });
  await expect(view).toContainText('There is no plan yet.');
});
