import { writeFileSync } from 'node:fs';
import { axeOn } from './fixtures/axe.ts';
import { expect, test } from './fixtures/kept-page.ts';

/** Of the demo's own kind, and none that is sorted when it is turned round. */
const words = ['qwcw', 'laegi', 'rqda', 'cawo', 'odkv', 'gufzi', 'uwny', 'cjph'];
const lines = (name: string, answer: (word: string) => string) =>
  words
    .map((word) => JSON.stringify({ prompt: `${name}:${word}=`, answer: answer(word) }))
    .join('\n');

test('scores base, experts and merge on a person’s own tasks, and finds the best λ for them', async ({
  page,
  workbench,
}, testInfo) => {
  const files = ['reversing.jsonl', 'sorting.jsonl'].map((name) => testInfo.outputPath(name));
  writeFileSync(
    files[0],
    lines('rev', (word) => [...word].reverse().join('')),
  );
  writeFileSync(
    files[1],
    lines('sort', (word) => [...word].sort().join('')),
  );
  await workbench.open();
  await workbench.showTab('Evaluate');
  const view = page.getByRole('tabpanel', { name: 'Evaluate' });
  for (const name of ['Reverse a word', 'Sort letters', 'Add two numbers', 'Rotate a word']) {
    await view.getByRole('button', { name: `Remove ${name}` }).click();
  }
  await expect(view).toContainText('Add a task, and see what the merge and its parents answer.');
  const choosing = page.waitForEvent('filechooser');
  await view.getByRole('button', { name: 'Add tasks from files…' }).click();
  await (await choosing).setFiles(files);
  await view.getByRole('combobox', { name: 'Of each task ask' }).selectOption('all of them');
  await view.getByRole('button', { name: 'Score', exact: true }).click();
  const cells = (of: string) =>
    view.getByRole('row', { name: new RegExp(`^${of}`) }).locator('.score-value');
  await expect(view.getByRole('button', { name: 'All scored' })).toBeVisible({ timeout: 60_000 });
  await expect(cells('Reverse')).toHaveText(['100 %', '0 %']);
  await expect(cells('Sort')).toHaveText(['0 %', '100 %']);
  await expect(cells('Base')).toHaveText(['0 %', '0 %']);
  await expect(view.getByRole('status').first()).toContainText('The merge keeps');
  const { violations } = await axeOn(page).include('.evaluate').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);

  await view.getByRole('radio', { name: 'Sweep' }).check({ force: true });
  await view.getByRole('combobox', { name: 'Points' }).selectOption('6');
  await view.getByRole('button', { name: 'Sweep' }).click();
  await expect(view.getByRole('status').first()).toContainText('Of 6 points', { timeout: 60_000 });
  await expect(view.getByRole('button', { name: 'All scored' })).toBeVisible({ timeout: 60_000 });
  await view.getByText('The picture as a table').click();
  // λ = 0 is the base, which can do neither.
  await expect(view.getByRole('row', { name: /^0 / })).toContainText('0 %');

  await view.getByRole('radio', { name: 'Methods' }).check({ force: true });
  await view
    .getByRole('combobox', { name: 'Compare' })
    .selectOption('Trim and elect, step by step');
  await view.getByRole('button', { name: /^(Compare|Score the rest)$/ }).click();
  await expect(view.getByRole('button', { name: 'All scored' })).toBeVisible({ timeout: 60_000 });
  await expect(view.getByRole('status').first()).toContainText('Of 5 recipes');
  await view.getByRole('button', { name: 'Use this recipe: Trim and elect' }).click();
  await expect(workbench.notice).toContainText('The recipe is Trim and elect now.');
});

test('says what is wrong with a file of tasks, and keeps those that there are', async ({
  page,
  workbench,
}, testInfo) => {
  const file = testInfo.outputPath('mine.csv');
  writeFileSync(file, 'question,reply\n1+1=,2\n');
  await workbench.open();
  await workbench.showTab('Evaluate');
  const view = page.getByRole('tabpanel', { name: 'Evaluate' });
  await expect(view.getByRole('button', { name: /^Remove / })).toHaveCount(4);
  const choosing = page.waitForEvent('filechooser');
  await view.getByRole('button', { name: 'Add tasks from files…' }).click();
  await (await choosing).setFiles([file]);
  await expect(view.getByRole('alert')).toContainText('"question"');
  await expect(view.getByRole('button', { name: /^Remove / })).toHaveCount(4);
});
