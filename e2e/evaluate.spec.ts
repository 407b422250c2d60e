import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { axeOn } from './fixtures/axe.ts';
import { expect, test } from './fixtures/kept-page.ts';

/** Of the demo's own kind, and none that is sorted when it is turned round. */
const words = ['qwcw', 'laegi', 'rqda', 'cawo', 'odkv', 'gufzi', 'uwny', 'cjph'];
const lines = (name: string, answer: (word: string) => string) =>
  words
    .map((word) => JSON.stringify({ prompt: `${name}:${word}=`, answer: answer(word) }))
    .join('\n');

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await axeOn(page).include('.evaluate').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

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
  await expectAccessible(page);

  await view.getByRole('radio', { name: 'Sweep' }).check({ force: true });
  await view.getByRole('textbox', { name: 'Points' }).fill('6');
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
  await expectAccessible(page);
  await view.getByRole('button', { name: 'Use this recipe: Trim and elect' }).click();
  await expect(workbench.notice).toContainText('The recipe is Trim and elect now.');
});

test('asks what the columns of a Parquet file are, and says what is wrong with the file beside it', async ({
  page,
  workbench,
}, testInfo) => {
  const files = ['mine.csv', 'words.parquet'].map((name) => testInfo.outputPath(name));
  writeFileSync(files[0], 'prompt,answer\n1+1=,2,3\n');
  const column = (name: string, data: readonly string[]) => ({
    ...{ name, data: [...data] },
    type: 'STRING' as const,
  });
  const columns = [
    column('id', words),
    column('aufgabe', words),
    column(
      'lösung',
      words.map((word) => [...word].reverse().join('')),
    ),
  ];
  writeFileSync(files[1], new Uint8Array(parquetWriteBuffer({ columnData: columns })));
  await workbench.open();
  await workbench.showTab('Evaluate');
  const view = page.getByRole('tabpanel', { name: 'Evaluate' });
  await expect(view.getByRole('button', { name: /^Remove / })).toHaveCount(4);
  const choosing = page.waitForEvent('filechooser');
  await view.getByRole('button', { name: 'Add tasks from files…' }).click();
  await (await choosing).setFiles(files);

  const dialog = workbench.dialog('What is asked of words.parquet');
  await expect(dialog.getByRole('region', { name: 'First rows' })).toContainText('laegi');
  await expect(dialog.getByRole('button', { name: 'Add the task' })).toBeDisabled();
  await dialog.getByRole('combobox', { name: 'Prompt' }).selectOption('aufgabe');
  await dialog.getByRole('combobox', { name: 'Answer', exact: true }).selectOption('lösung');
  await dialog.getByRole('textbox', { name: 'Asked as' }).fill('rev:{aufgabe}={answer}');
  const items = dialog.getByRole('region', { name: 'As it will be asked' });
  await expect(items.getByRole('listitem').first()).toHaveText('rev:qwcw=wcwq');
  const { violations } = await axeOn(page).include('.dialog').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await dialog.getByRole('button', { name: 'Add the task' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(view.getByRole('listitem').filter({ hasText: 'words.parquet' })).toContainText(
    '8 promptsrev:qwcw=wcwq',
  );
  await expect(view.getByRole('alert')).toContainText('mine.csv: line 2: found 3 values');

  // The columns can be named anew, and it stays one task.
  await view.getByRole('button', { name: 'Columns of words.parquet…' }).click();
  await dialog.getByRole('radio', { name: 'Perplexity' }).check({ force: true });
  await dialog.getByRole('combobox', { name: 'Text' }).selectOption('lösung');
  await dialog.getByRole('button', { name: 'Change the task' }).click();
  await expect(view.getByRole('listitem').filter({ hasText: 'words.parquet' })).toContainText(
    '8 pieceswcwq',
  );
  await expect(view.getByRole('button', { name: /^Remove / })).toHaveCount(5);
});

test('a search is paused, stands there after a reload, goes on, and says whether it beats the recipe', async ({
  page,
  workbench,
}) => {
  const view = page.getByRole('tabpanel', { name: 'Evaluate' });
  const told = view.getByRole('status').first();
  /** The demo's tasks come back with every visit. */
  const openSorting = async () => {
    await workbench.showTab('Evaluate');
    for (const name of ['Reverse a word', 'Add two numbers', 'Rotate a word']) {
      await view.getByRole('button', { name: `Remove ${name}` }).click();
    }
  };
  await workbench.open();
  await openSorting();
  await view.getByRole('radio', { name: 'Search' }).check({ force: true });
  await view.getByText('Options', { exact: true }).click();
  await view.getByRole('textbox', { name: 'λ to' }).fill('-1');
  await expect(view).toContainText('λ has no room between 0 and -1.');
  await view.getByRole('textbox', { name: 'λ to' }).fill('1.5');
  await expect(view).toContainText('4 numbers are searched, 8 candidates a generation.');
  await view.getByRole('textbox', { name: 'Candidates' }).fill('24');
  await view.getByRole('textbox', { name: 'Items of each task' }).fill('8');
  await view.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(view.getByText(/Tried ([3-9]|1\d) of 24/)).toBeVisible({ timeout: 60_000 });
  await view.getByRole('button', { name: 'Pause' }).focus();
  await page.keyboard.press('Enter');
  await expect(view.getByRole('button', { name: 'Resume' })).toBeFocused();
  const paused = await told.textContent();

  await page.reload();
  await openSorting();
  await view.getByRole('radio', { name: 'Search' }).check({ force: true });
  await expect(told).toHaveText(paused!);
  await expect(view.getByRole('textbox', { name: 'Candidates' })).toHaveValue('24');
  await view.getByRole('button', { name: 'Resume' }).click();
  await expect(view).toContainText('It ended after 24 candidates', { timeout: 120_000 });
  await expect(told).toContainText(
    /It (beats|does not beat|does worse than) the recipe it began from \(Task arithmetic\) on the held-out half/,
    { timeout: 120_000 },
  );
  await expectAccessible(page);
  await view.getByRole('button', { name: 'Use the best recipe' }).click();
  await expect(workbench.notice).toContainText('The recipe is the best that was found');

  await view.getByRole('radio', { name: 'Sweep' }).check({ force: true });
  await view.getByRole('combobox', { name: 'and', exact: true }).selectOption('weight of Sort');
  await view.getByRole('textbox', { name: 'Points of each' }).fill('3');
  await view.getByRole('textbox', { name: 'Items of each task' }).fill('4');
  await view.getByRole('button', { name: 'Sweep the grid' }).click();
  await expect(told).toContainText('Of 9 points, λ 1', { timeout: 60_000 });
  await expectAccessible(page);
  await view
    .getByRole('button', { name: /^λ 0, weight of Sort 2: \d+\.\d{4} nats a token$/ })
    .focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(workbench.notice).toContainText('The recipe has λ 1, weight of Sort 0.5 now.');
});
