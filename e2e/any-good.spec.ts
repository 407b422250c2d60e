import { readFileSync, writeFileSync } from 'node:fs';
import { violationsOf } from './fixtures/axe.ts';
import { expect, test } from './fixtures/test.ts';

type Scores = Readonly<Record<string, number>>;
const json = (path: string) => JSON.parse(readFileSync(`public/demo/${path}`, 'utf8'));
/** What Python measured of the demo on the same prompts. */
const { accuracy, bestMerges } = json('family.json') as {
  readonly accuracy: Readonly<Record<string, Scores>>;
  readonly bestMerges: {
    readonly task_arithmetic: { readonly lambda: number; readonly accuracy: Scores };
  };
};
const best = bestMerges.task_arithmetic;
const { prompts } = json('prompts/reverse.json') as {
  readonly prompts: readonly { readonly prompt: string; readonly answer: string }[];
};

test('a merge is scored as Python scores it, its best λ found, and llama.cpp answers from its GGUF as our own pass does', async ({
  page,
  workbench,
  baseURL,
}, testInfo) => {
  // On two cores, and machines are shared: nearly all of it is the 5,000 prompts that are scored.
  test.setTimeout(900_000);
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== baseURL) elsewhere.push(request.url());
  });
  await workbench.open();
  await workbench.merge();
  await workbench.showTab('Evaluate');
  const view = page.getByRole('tabpanel', { name: 'Evaluate' });
  const show = (part: string) => view.getByRole('radio', { name: part }).check({ force: true });
  const cellsOf = (of: string) =>
    view.getByRole('row', { name: new RegExp(`^${of}`) }).locator('.score-value');
  const isScored = () =>
    expect(view.getByRole('button', { name: 'All scored' })).toBeVisible({ timeout: 400_000 });
  const percent = ({ reverse, add }: Scores) =>
    [reverse, add].map((share) => `${Number((100 * share).toFixed(1))} %`);

  await test.step('scores', async () => {
    for (const name of ['Sort letters', 'Rotate a word']) {
      await view.getByRole('button', { name: `Remove ${name}` }).click();
    }
    await view.getByRole('combobox', { name: 'Of each task ask' }).selectOption('all of them');
    await view.getByRole('button', { name: 'Score', exact: true }).click();
    await isScored();
    for (const id of ['base', 'reverse', 'sort', 'add']) {
      const title = id[0].toUpperCase() + id.slice(1);
      await expect(cellsOf(title)).toHaveText(percent(accuracy[id]));
    }
    await expect(cellsOf('The merge')).toHaveText(percent(best.accuracy));
  });

  await test.step('sweep', async () => {
    await show('Sweep');
    await view.getByRole('button', { name: 'Sweep' }).click();
    await isScored();
    const said = await view.getByRole('status').first().textContent();
    const found = Number(/λ ([\d.]+)/.exec(said ?? '')?.[1]);
    await view.getByText('The picture as a table').click();
    const heads = view.getByRole('rowheader');
    const [first, second] = (await heads.allTextContents()).map(Number);
    expect(Math.abs(found - best.lambda)).toBeLessThanOrEqual(second - first + 1e-9);
  });

  const answered: string[] = [];
  await test.step('chat', async () => {
    await show('Chat');
    const chat = page.getByRole('region', { name: 'Chat' });
    await expect(chat.getByRole('combobox', { name: 'First model' })).toHaveValue(/demo-merge/);
    await expect(chat.getByRole('combobox', { name: 'Second model' })).toHaveValue(/reverse/);
    await expect(chat.getByText('3.28 MB of GGUF are written into private storage')).toBeVisible();
    await chat.getByRole('button', { name: 'Write and load' }).click();
    const ready = chat.getByRole('status').filter({ hasText: 'Ready on the CPU' });
    await expect(ready).toHaveCount(2, { timeout: 90_000 });
    for (const one of await ready.all()) {
      await expect(one).toContainText('its first token agrees with our own forward pass');
    }
    await expect(chat.getByText('It has no chat template').first()).toBeVisible();

    const box = chat.getByRole('textbox', { name: 'Prompt for both models' });
    const merged = chat.getByRole('article', { name: 'demo-merge', exact: true });
    const expert = chat.getByRole('article', { name: 'Reverse', exact: true });
    for (const [at, { prompt, answer }] of prompts.slice(0, 20).entries()) {
      await box.fill(prompt);
      await box.press('Enter');
      await expect(merged).toHaveCount(at + 1);
      await expect(chat.getByRole('button', { name: 'Ask again' })).toBeVisible();
      await expect(expert.last().locator('.chat-text')).toHaveText(answer);
      answered.push((await merged.last().locator('.chat-text').textContent()) ?? '');
    }
    await expect(expert.last()).toContainText(/\d tokens · [\d,.]+ tokens\/s/);
    await chat.getByText('Perplexity of a text').click();
    await chat.getByRole('textbox', { name: 'Text to measure' }).fill('rev:qwcw=wcwq');
    await chat.getByRole('button', { name: 'Measure' }).click();
    // transformers in f32: 215.81.
    await expect(chat.getByText(/^Reverse: 21[4567]\.\d\d, over 13 tokens$/)).toBeVisible();
    expect(await violationsOf(page, '.chat')).toEqual([]);
  });

  await test.step('the same of our own pass', async () => {
    await show('Scores');
    // What llama.cpp answered is asked as if it were right: whoever says all of it says the same.
    const file = testInfo.outputPath('as-llama.jsonl');
    const items = answered.map((answer, at) => ({ prompt: prompts[at].prompt, answer }));
    writeFileSync(file, items.map((item) => JSON.stringify(item)).join('\n'));
    const choosing = page.waitForEvent('filechooser');
    await view.getByRole('button', { name: 'Add tasks from files…' }).click();
    await (await choosing).setFiles([file]);
    await view.getByRole('button', { name: 'Score the rest' }).click();
    await isScored();
    await expect(cellsOf('The merge').last()).toHaveText('100 %');
    expect(new Set(answered).size).toBeGreaterThan(15);
  });
  expect(elsewhere).toEqual([]);
});
