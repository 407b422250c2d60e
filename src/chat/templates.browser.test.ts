import { expect, test } from 'vitest';
import { tinyGguf } from '../testing/tiny-gguf.ts';
import { type Llama, openLlama, type Turn } from './llama.ts';
import { startRuntime } from './runtime.ts';
import cases from './templates.json';

/** With a token of their own in real models, so here. */
const specials = ['<s>', '</s>', '<|im_start|>', '<|im_end|>', '<|eot_id|>'];
const { signal } = new AbortController();

const opened = (template: string | null) =>
  openLlama(tinyGguf(specials, template), 'tiny', 'cpu', startRuntime, signal);

/** What it goes on with, all of it: another prompt would be gone on with in another way. */
async function said(llama: Llama, turns: readonly Turn[]): Promise<string> {
  const wish = { seed: 1, temperature: 0, maxTokens: 12, signal };
  const { text, thought } = await llama.answer(turns, wish);
  return (thought + text).trim();
}

/** As the goldens have it, with the day on which a template is asked; llama.cpp begins the text itself. */
function promptOf(text: string): string {
  const parts = { day: '2-digit', month: 'short', year: 'numeric' } as const;
  const today = new Date().toLocaleDateString('en-GB', parts);
  return text.replace('{today}', today).replace(/^<s>/, '');
}

test('conversations reach the model as transformers writes them, by templates of every common kind', async () => {
  const plain = await opened(null);
  for (const { name, template, talks } of cases) {
    const llama = await opened(template);
    expect(llama.with.template, name).toBe('used');
    for (const talk of talks) {
      const turns = talk.messages as readonly Turn[];
      const heard = await said(llama, turns);
      if (talk.text === undefined) {
        // A template without a system role: llama.cpp puts the system prompt before the first one.
        expect(heard, name).not.toBe('');
        continue;
      }
      const prompt = { role: 'user', content: promptOf(talk.text) } as const;
      expect(heard, `${name}, ${talk.name}`).toBe(await said(plain, [prompt]));
    }
    await llama.dispose();
  }
  await plain.dispose();
});

test('a template that cannot be used is told, and prompts are continued as they stand', async () => {
  const prompt = [{ role: 'user', content: 'hello' }] as const;
  const [plain, broken] = [await opened(null), await opened('{% for each in messages %}{{ each }')];
  expect(broken.with.template).toBe('unusable');
  expect(await said(broken, prompt)).toBe(await said(plain, prompt));
  await Promise.all([plain.dispose(), broken.dispose()]);
});
