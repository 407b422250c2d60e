import { describe, expect, test } from 'vitest';
import {
  demoAccuracy,
  demoArchitecture,
  demoPrompts,
  demoRunner,
  demoWeights,
} from '../../testing/demo-runner.ts';
import { CpuProcessor } from './cpu.ts';
import { Decoder } from './decoder.ts';
import { forwardRunner } from './runner.ts';
import type { Tokens } from './tokens.ts';

const { signal } = new AbortController();
describe('a member answers as many of 500 prompts as Python found', () => {
  // Every member on every skill: npm run bench -- evaluate.
  test.each([
    ['reverse', 'reverse'],
    ['sort', 'sort'],
    ['add', 'add'],
    ['sort-lora', 'sort'],
  ])('%s, asked to %s', async (member, skill) => {
    const runner = await demoRunner(member);
    const prompts = demoPrompts(skill);
    const asked = prompts.map(({ prompt }) => prompt);
    const answers = await runner.continue(asked, { maxTokens: 12, signal });
    const right = prompts.filter(({ answer }, at) => answers[at] === answer).length;
    expect(right).toBe(Math.round(demoAccuracy[member][skill] * 500));
  });
});

test('log-probabilities of answers add up to a likely one for the right expert only', async () => {
  const texts = demoPrompts('sort')
    .slice(0, 20)
    .map(({ prompt, answer }) => ({ context: prompt, text: answer, ends: true }));
  const mean = async (member: string) => {
    const rows = await (await demoRunner(member)).logProbabilities(texts, { signal });
    expect(rows.map(({ length }) => length)).toEqual(texts.map(({ text }) => text.length + 1));
    return rows.flat().reduce((sum, value) => sum + value, 0) / rows.flat().length;
  };
  expect(await mean('sort')).toBeGreaterThan(-0.05);
  expect(await mean('reverse')).toBeLessThan(-1);
});

test('a text without context is scored from its first letter on, for the start token is before it', async () => {
  const runner = await demoRunner('base');
  const [row, behind] = await runner.logProbabilities(
    [
      { context: '', text: 'ab', ends: false },
      { context: 'a', text: 'b', ends: false },
    ],
    { signal },
  );
  expect(row).toHaveLength(2);
  expect(behind).toEqual([row[1]]);
});

describe('of a tokenizer that joins a space with the letter behind it', () => {
  const joined: Record<string, number> = { ' ': 4, a: 19, b: 20, ' b': 21, '€': 99 };
  const tokens: Tokens = {
    encode: (text) => (text.match(/ ?b|./gu) ?? []).map((piece) => joined[piece]),
    decode: (ids) => ids.join(' '),
    end: 2,
  };
  const runner = async () => {
    const weights = await demoWeights('base');
    const decoder = await Decoder.load(demoArchitecture(), weights, new CpuProcessor());
    return forwardRunner('joining', decoder, tokens);
  };

  test('a text behind a context that ends with a space is scored with the space in it', async () => {
    const texts = [
      { context: 'a ', text: 'b', ends: false },
      { context: 'a', text: ' b', ends: false },
    ];
    const [apart, together] = await (await runner()).logProbabilities(texts, { signal });
    expect(apart).toHaveLength(1);
    expect(apart).toEqual(together);
  });

  test('a token that the model has no row for is told with its text', async () => {
    const asked = (await runner()).continue(['a', 'a€'], { maxTokens: 1, signal });
    await expect(asked).rejects.toThrow(
      'joining has 45 tokens in its embedding, and its tokenizer.json gives "a€" the token 99',
    );
  });
});

test('continuations end before a stop, after so many tokens, and where the model ends', async () => {
  const runner = await demoRunner('sort');
  const ask = (maxTokens: number, stops: readonly string[] = []) =>
    runner.continue(['sort:hyjxe=', 'sort:vmsd='], { maxTokens, stops, signal });
  expect(await ask(12)).toEqual(['ehjxy', 'dmsv']);
  expect(await ask(3)).toEqual(['ehj', 'dms']);
  expect(await ask(12, ['xy', 'm'])).toEqual(['ehj', 'd']);
  expect(await ask(0)).toEqual(['', '']);
  expect(await runner.continue([], { maxTokens: 3, signal })).toEqual([]);
});

test('calls wait for each other, tell how far they are, and end when they are told to', async () => {
  const runner = await demoRunner('sort');
  const prompts = demoPrompts('sort').map(({ prompt }) => prompt);
  const done: number[] = [];
  const stop = new AbortController();
  const first = runner.continue(prompts, {
    maxTokens: 12,
    signal: stop.signal,
    onProgress: (count) => {
      done.push(count);
      stop.abort(new Error('Enough.'));
    },
  });
  const second = runner.continue(['sort:hyjxe='], { maxTokens: 12, signal });
  await expect(first).rejects.toThrow('Enough.');
  expect(await second).toEqual(['ehjxy']);
  expect(done).toHaveLength(1);
  expect(done[0]).toBeLessThan(500);
});
