import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { letterEmbedder, scriptedRunner } from '../../testing/scripted-runner.ts';
import { bundled, bundledTask } from './bundled.ts';
import { estimateOf, gainOf, lossGainOf, verdictOf } from './compare.ts';
import { objectiveOf, unitOf } from './objective.ts';
import { score } from './score.ts';
import { itemsOf } from './split.ts';
import { averageOf, standingOf } from './summary.ts';
import { type ChoiceTask, type ExactTask, type PairTask, type Task, usualSplit } from './task.ts';

const { signal } = new AbortController();
const both = { signal, what: 'score and loss' } as const;
const common = { id: 'own/t', title: 'T', skill: 'own', split: usualSplit } as const;
const capitals: ExactTask = {
  ...common,
  kind: 'exact',
  match: 'trimmed',
  stops: ['\n'],
  items: [
    { prompt: 'France:', answer: 'Paris' },
    { prompt: 'Italy:', answer: 'Rome' },
    { prompt: 'Japan:', answer: 'Tokyo' },
  ],
};
const answers: Readonly<Record<string, string>> = {
  'France:': ' Paris\nItaly',
  'Italy:': ' rome',
  'Japan:': ' Tokyo Bay',
};
const scripted = scriptedRunner({ say: (prompt) => answers[prompt] ?? '' });

describe('a greedy answer', () => {
  test('is right to the character, but for what the task says does not count', async () => {
    const right = async (match: ExactTask['match']) => {
      const { items } = await score({ ...capitals, match }, scripted, 'all', both);
      return [...items].sort((a, b) => a.item - b.item).map((each) => each.score);
    };
    expect(await right('exact')).toEqual([0, 0, 0]);
    expect(await right('trimmed')).toEqual([1, 0, 0]);
    expect(await right('ignore case')).toEqual([1, 1, 0]);
  });

  test('has the end token in its loss where nothing else ends it', async () => {
    const options = { signal, what: 'loss' } as const;
    const stopped = await score(capitals, scripted, 'all', options);
    expect(stopped.items.map(({ tokens }) => tokens).sort()).toEqual([4, 5, 5]);
    const ended = await score({ ...capitals, stops: [] }, scripted, 'all', options);
    expect(ended.items.map(({ tokens }) => tokens).sort()).toEqual([5, 6, 6]);
    expect(ended).toMatchObject({ loss: 1, mean: null });
    expect(objectiveOf(ended)).toBe(1);
  });

  test('tells how far it is, once for each item', async () => {
    const seen: number[] = [];
    await score(capitals, scripted, 'all', { ...both, onProgress: (done) => seen.push(done) });
    expect(seen).toEqual([1.5, 3]);
  });
});

describe('a choice', () => {
  // The long one has the better mean, the short one the better sum.
  const task: ChoiceTask = {
    ...common,
    kind: 'choice',
    length: 'sum',
    items: [{ prompt: 'Q:', choices: ['xx', 'yyyyy', 'zzzz'], answer: 1 }],
  };
  const runner = scriptedRunner({
    logProbability: (character) => ({ x: -1, y: -0.6, z: -3 })[character] ?? -9,
  });

  test.each([
    ['sum', 'xx', 0],
    ['per token', 'yyyyy', 1],
    ['per character', 'yyyyy', 1],
  ] as const)('by %s is %s', async (length, said, right) => {
    const found = await score({ ...task, length }, runner, 'all', both);
    expect(found.items[0]).toMatchObject({ said, score: right, tokens: 5 });
    expect(found.items[0].loss).toBeCloseTo(3, 12);
    expect(found.loss).toBeCloseTo(0.6, 12);
  });

  test.each([
    ['the first', { q: Number.NaN }, 'yyyyy', 1],
    ['every one', { q: Number.NaN, x: Number.NaN, y: Number.NaN, z: Number.NaN }, null, 0],
  ])(
    'is none of those without a probability: %s',
    async (_, of: Record<string, number>, said, right) => {
      const broken = scriptedRunner({ logProbability: (character) => of[character] ?? -1 });
      const items = [{ prompt: 'Q:', choices: ['q', 'yyyyy', 'zzzzzzzz'], answer: 1 }];
      const found = await score({ ...task, items }, broken, 'all', both);
      expect(found.items[0]).toMatchObject({ said, score: right });
    },
  );

  test('is none without a token of its own', async () => {
    const runner = { ...scripted, logProbabilities: async () => [[], [-2, -2], [-3]] };
    const found = await score(task, runner, 'all', both);
    expect(found.items[0]).toMatchObject({ said: 'zzzz', score: 0 });
  });

  test('costs a search one pass over the right ones', async () => {
    const counted = scriptedRunner();
    await score(task, counted, 'all', { signal, what: 'loss' });
    expect(counted.asked).toEqual(['Q:yyyyy']);
  });
});

test('a text is scored by e to its mean loss, tokens of all pieces together', async () => {
  const items = [
    { context: '', text: 'ab' },
    { context: 'ab', text: 'aaa' },
  ];
  const runner = scriptedRunner({ logProbability: (each) => (each === 'a' ? -1 : -5) });
  const found = await score({ ...common, kind: 'text', items }, runner, 'all', both);
  expect(found.loss).toBe((5 + 3) / 4);
  expect(found.mean).toBeCloseTo(Math.exp(2), 12);
});

test('pairs are scored by the order of their cosines', async () => {
  const task: PairTask = {
    ...common,
    kind: 'pairs',
    items: [
      { a: 'abc', b: 'cab', score: 5 },
      { a: 'abc', b: 'abx', score: 3 },
      { a: 'abc', b: 'axy', score: 2 },
      { a: 'abc', b: 'xyz', score: 0 },
    ],
  };
  expect(await score(task, letterEmbedder, 'all', both)).toMatchObject({ mean: 1, loss: null });
  const upside = { ...task, items: task.items.map((item) => ({ ...item, score: -item.score })) };
  const found = await score(upside, letterEmbedder, 'all', both);
  expect([found.mean, objectiveOf(found), unitOf(found.kind)]).toEqual([-1, 2, '1 − correlation']);
  await expect(score(task, scripted, 'all', both)).rejects.toThrow(
    'scripted answers prompts: it makes no embeddings of texts',
  );
  await expect(score(capitals, letterEmbedder, 'all', both)).rejects.toThrow(
    'letters makes embeddings of texts: it answers no prompts',
  );
});

describe('the split', () => {
  const many: ExactTask = {
    ...capitals,
    items: Array.from({ length: 200 }, (_, i) => ({ prompt: `p${i % 100}`, answer: `${i}` })),
  };

  test('puts every item into one part, and the same question never into both', () => {
    const [search, heldOut] = [itemsOf(many, 'search'), itemsOf(many, 'held-out')];
    expect([...search, ...heldOut].sort((a, b) => a - b)).toEqual([...Array(200).keys()]);
    expect(search).toHaveLength(100);
    const asked = new Set(search.map((item) => many.items[item].prompt));
    expect(heldOut.some((item) => asked.has(many.items[item].prompt))).toBe(false);
  });

  test('does not depend on what else is in the file, but for the border', () => {
    const half = { ...many, items: many.items.slice(0, 100).reverse() };
    const searched = (task: ExactTask) =>
      new Set(itemsOf(task, 'search').map((item) => task.items[item].prompt));
    expect(searched(half)).toEqual(searched(many));
    expect(searched({ ...many, split: { seed: 13, share: 0.5 } })).not.toEqual(searched(many));
  });

  test('leaves something in both parts of the smallest task', () => {
    const two = { ...many, items: many.items.slice(0, 2), split: { seed: 1, share: 0.01 } };
    expect([itemsOf(two, 'search').length, itemsOf(two, 'held-out').length]).toEqual([1, 1]);
  });

  test('has the only question judge', () => {
    const one = { ...many, items: many.items.slice(0, 1) };
    expect([itemsOf(one, 'search'), itemsOf(one, 'held-out')]).toEqual([[], [0]]);
  });

  test('a part without items is said', async () => {
    const one = { ...many, items: many.items.slice(0, 1), split: { seed: 1, share: 0 } };
    await expect(score(one, scripted, 'search', both)).rejects.toThrow(
      '"T" has no items to score in its search part.',
    );
  });

  test('a part of a part is always the same', async () => {
    const runner = scriptedRunner();
    const options = { signal, what: 'loss', most: 5 } as const;
    const { items } = await score(many, runner, 'search', options);
    expect(items.map(({ item }) => item)).toEqual(itemsOf(many, 'search').slice(0, 5));
  });
});

describe('two models', () => {
  const asked: ExactTask = {
    ...capitals,
    match: 'exact',
    stops: [],
    items: Array.from({ length: 40 }, (_, i) => ({ prompt: `${i}=`, answer: 'x' })),
  };
  const able = (right: number, loss: number) =>
    scriptedRunner({
      say: (prompt) => (Number.parseInt(prompt, 10) < right ? 'x' : ''),
      logProbability: (_, before) => -loss * (1 + (before.length % 3) / 10),
    });

  test('differ only outside the interval', async () => {
    const [some, more, many] = await Promise.all(
      [able(20, 1), able(22, 1.2), able(35, 0.5)].map((runner) =>
        score(asked, runner, 'all', both),
      ),
    );
    expect(gainOf(asked, more, some).value).toBeCloseTo(0.05, 12);
    expect(verdictOf(gainOf(asked, more, some))).toBe('not told apart');
    expect(verdictOf(gainOf(asked, many, some))).toBe('better');
    expect(verdictOf(gainOf(asked, some, many))).toBe('worse');
    expect(verdictOf(lossGainOf(many, some))).toBe('better');
    expect(estimateOf(asked, some)).toMatchObject({ value: 0.5 });
    const { items } = some;
    expect(() => gainOf(asked, { ...some, items: items.slice(1) }, some)).toThrow(RangeError);
  });

  test('a merge stands beside its base and its best expert', async () => {
    const [base, weak, best, merge] = await Promise.all(
      [able(4, 1), able(10, 1), able(40, 1), able(30, 1)].map((runner) =>
        score(asked, runner, 'all', both),
      ),
    );
    const experts = [
      { key: 'w', title: 'tuned', score: weak },
      { key: 'b', title: 'tuned', score: best },
    ];
    const standing = standingOf({ merge, base, experts })!;
    expect(standing).toMatchObject({ merge: 0.75, base: 0.1, best: { key: 'b', value: 1 } });
    expect(standing).toMatchObject({ retention: 0.75, improvement: 0.65 });
    expect(standingOf({ merge, base: null, experts: [] })).toMatchObject({
      retention: null,
      improvement: null,
    });
    expect(averageOf([standing, { ...standing, retention: 0.25, improvement: null }])).toEqual({
      retention: 0.5,
      improvement: 0.65,
      merge: 0.75,
    });
  });

  test('of perplexity the lower one is better', () => {
    const told = (mean: number) =>
      ({ task: 't', kind: 'text', part: 'all', items: [], mean, loss: Math.log(mean) }) as const;
    expect(
      standingOf({
        merge: told(10),
        base: told(16),
        experts: [{ key: 'e', title: 'e', score: told(8) }],
      }),
    ).toMatchObject({ retention: 0.8, improvement: 6, best: { value: 8 } });
  });
});

test('the bundled skills are read as Python scored them, the held-out one with Python’s scores', () => {
  const tasks: Task[] = bundled.map((each) =>
    bundledTask(each, readFileSync(`public/demo/${each.path}`, 'utf8')),
  );
  expect(tasks.map(({ id, items }) => [id, items.length])).toEqual([
    ['demo/reverse', 500],
    ['demo/sort', 500],
    ['demo/add', 500],
    ['demo/rotate', 500],
  ]);
  expect(tasks[0].items[0]).toEqual({ prompt: 'rev:qwcw=', answer: 'wcwq' });
  const inputs = (task: Task) =>
    task.items.map((item) => ('prompt' in item ? item.prompt.split(':')[1] : ''));
  const known = new Set([...inputs(tasks[0]), ...inputs(tasks[1])]);
  // The words are among those that no model of the family was trained on.
  expect(inputs(tasks[3]).every((word) => known.has(word))).toBe(true);
});
