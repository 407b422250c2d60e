import { readFileSync } from 'node:fs';
import { violationsOf } from './fixtures/axe.ts';
import { expect, test } from './fixtures/test.ts';

const { prompts } = JSON.parse(readFileSync('public/demo/prompts/reverse.json', 'utf8')) as {
  readonly prompts: readonly { readonly prompt: string; readonly answer: string }[];
};

test('an expert answers its prompts right beside the base, and nobody else is asked', async ({
  page,
  workbench,
  baseURL,
}) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== baseURL) elsewhere.push(request.url());
  });
  await workbench.open();
  await page.getByRole('tab', { name: 'Evaluate' }).click();
  await page.getByRole('radio', { name: 'Chat' }).check();
  const chat = page.getByRole('region', { name: 'Chat' });
  await expect(chat.getByRole('combobox', { name: 'First model' })).toHaveValue(/reverse/);
  await expect(chat.getByText('3.28 MB of GGUF are written into private storage')).toBeVisible();
  await chat.getByRole('button', { name: 'Write and load' }).click();
  const ready = chat.getByRole('status').filter({ hasText: 'Ready on the CPU' });
  await expect(ready).toHaveCount(2, { timeout: 60_000 });
  await expect(ready.first()).toContainText('its first token agrees with our own forward pass');
  await expect(chat.getByText('It has no chat template').first()).toBeVisible();

  const box = chat.getByRole('textbox', { name: 'Prompt for both models' });
  const answers = chat.getByRole('article', { name: 'Reverse', exact: true });
  for (const [at, { prompt, answer }] of prompts.slice(0, 3).entries()) {
    await box.fill(prompt);
    await box.press('Enter');
    await expect(answers.nth(at).getByText(answer, { exact: true })).toBeVisible();
    await expect(answers.nth(at)).toContainText(/\d tokens · [\d,.]+ tokens\/s/);
    await expect(chat.getByRole('button', { name: 'Send' })).toBeVisible();
  }
  await chat.getByText('Perplexity of a text').click();
  await chat.getByRole('textbox', { name: 'Text to measure' }).fill('rev:qwcw=wcwq');
  await chat.getByRole('button', { name: 'Measure' }).click();
  // transformers in f32: 215.81, and 3,025,689 for the base.
  await expect(chat.getByText(/^Reverse: 21[4567]\.\d\d, over 13 tokens$/)).toBeVisible();
  await expect(chat.getByText(/^Base: 3,0[0-4]\d,\d{3}, over 13 tokens$/)).toBeVisible();
  expect(await violationsOf(page, '.chat')).toEqual([]);
  expect(elsewhere).toEqual([]);
});
