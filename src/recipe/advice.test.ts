import { expect, test } from 'vitest';
import { findMethod } from '../methods/registry.ts';
import { type Answers, questions, suggest } from './advice.ts';
import { presets } from './presets.ts';

const answers: Answers = {
  goal: 'several skills',
  models: 'two',
  base: 'known',
  changes: 'unknown',
};
const methodsFor = (change: Partial<Answers>) =>
  suggest({ ...answers, ...change }).map(({ method }) => method);

/** Every way to answer every question. */
const every = questions.reduce<readonly Partial<Answers>[]>(
  (sets, { key, options }) =>
    sets.flatMap((set) => options.map(({ value }) => ({ ...set, [key]: value }))),
  [{}],
) as readonly Answers[];

test('several skills: addition first, then what settles disagreements', () => {
  expect(methodsFor({})).toEqual(['task_arithmetic', 'ties']);
});

test('small changes make DARE worth a try', () => {
  expect(methodsFor({ changes: 'small' })).toContain('dare_linear');
  expect(methodsFor({ changes: 'large' })).not.toContain('dare_linear');
});

test('one task: an average first', () => {
  expect(methodsFor({ goal: 'one task' })).toEqual(['linear', 'task_arithmetic']);
});

test('a blend of two: SLERP, which takes exactly two', () => {
  expect(methodsFor({ goal: 'blend' })).toEqual(['slerp', 'linear']);
  expect(methodsFor({ goal: 'blend', models: 'more' })).toEqual(['linear']);
});

test('forgetting is the preset of that name, and says when the base is missing', () => {
  const [known] = suggest({ ...answers, goal: 'forget' });
  expect(known.preset).toBe('forget');
  const [unknown] = suggest({ ...answers, goal: 'forget', base: 'unknown' });
  expect(unknown.caution).toBe('It cannot be done without the base.');
});

test('whatever is answered, something that exists is suggested, with reason and source', () => {
  expect(every).toHaveLength(4 * 3 * 2 * 3);
  for (const set of every) {
    const suggestions = suggest(set);
    expect(suggestions.length).toBeGreaterThan(0);
    for (const { method, preset, reason, source } of suggestions) {
      expect(findMethod(method)).not.toBeNull();
      if (preset) expect(presets.map(({ id }) => id)).toContain(preset);
      expect(reason).toMatch(/\.$/);
      expect(source.url).toMatch(/^https:\/\//);
    }
  }
});

test('nothing that needs a base comes without a warning when there is none', () => {
  for (const set of every.filter(({ base }) => base === 'unknown')) {
    for (const { method, caution } of suggest(set)) {
      if (findMethod(method)!.arity.base === 'required') expect(caution).toContain('the base');
    }
  }
});
