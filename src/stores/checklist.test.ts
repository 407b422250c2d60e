import { expect, test } from 'vitest';
import type { Finding } from '../plan/types.ts';
import { checklistOf } from './checklist.ts';

const finding = (severity: Finding['severity'], code: string): Finding => ({
  severity,
  code,
  message: code,
  advice: '',
  place: {},
});

const stateOf = (findings: readonly Finding[], title: string) =>
  checklistOf(findings).find((topic) => topic.title === title)?.state;

test('without findings everything is fine', () => {
  expect(new Set(checklistOf([]).map(({ state }) => state))).toEqual(new Set(['fine']));
});

test('a topic shows its worst finding and counts all', () => {
  const findings = [finding('note', 'tied-head'), finding('warning', 'vocabulary-rows')];
  const topic = checklistOf(findings).find(({ title }) => title === 'Vocabulary and head');
  expect(topic).toMatchObject({ state: 'warning', count: 2 });
});

test('a finding counts under one topic only', () => {
  const counts = checklistOf([finding('error', 'shape-mismatch')]).map(({ count }) => count);
  expect(counts.reduce((a, b) => a + b)).toBe(1);
  expect(stateOf([finding('error', 'zero-weight-sum')], 'Parameters and rules')).toBe('error');
});

test('findings about files stand under their files, and not under the parameters', () => {
  const findings = ['no-config', 'tokens-differ', 'left-out', 'room'].map((code) =>
    finding('warning', code),
  );
  expect(checklistOf(findings).filter(({ state }) => state === 'warning')).toEqual([
    { title: 'Config', state: 'warning', count: 1 },
    { title: 'Tokenizer', state: 'warning', count: 1 },
    { title: 'Other files and room', state: 'warning', count: 2 },
  ]);
});

test('what is said of adapters stands under adapters', () => {
  const findings = ['adapter-no-match', 'profile-beyond', 'not-in-adapter', 'beyond-adapter'].map(
    (code) => finding('error', code),
  );
  expect(checklistOf(findings).filter(({ state }) => state === 'error')).toEqual([
    { title: 'Adapters', state: 'error', count: 4 },
  ]);
});

test('while a model is missing the rest is not known yet', () => {
  const findings = [finding('error', 'model-missing')];
  expect(stateOf(findings, 'Models')).toBe('error');
  expect(stateOf(findings, 'Shapes')).toBe('unknown');
});
