import { describe, expect, test } from 'vitest';
import { adviseLicence } from './licences.ts';

const advise = (...licences: (string | null)[]) =>
  adviseLicence(licences.map((licence, i) => ({ model: `org/${i}`, licence })));

test.each([
  [['mit', 'mit'], 'mit'],
  [['mit', 'apache-2.0'], 'apache-2.0'],
  [['apache-2.0', 'cc-by-4.0'], 'cc-by-4.0'],
  [['apache-2.0', 'cc-by-nc-4.0'], 'cc-by-nc-4.0'],
  [['mit', 'cc-by-sa-4.0'], 'cc-by-sa-4.0'],
  [['cc-by-nc-sa-4.0', 'cc-by-nc-4.0'], 'cc-by-nc-sa-4.0'],
  [['apache-2.0', 'llama3.1', 'llama3.1'], 'llama3.1'],
  [['gemma', 'mit'], 'gemma'],
])('from %j comes %s', (parents, licence) => {
  const advice = advise(...parents);
  expect(advice.licence).toBe(licence);
  expect(advice.warnings.every(({ severity }) => severity === 'note')).toBe(true);
});

describe('nothing is suggested', () => {
  test.each([
    ['where a parent forbids changed versions', ['mit', 'cc-by-nc-nd-4.0'], 'forbids', 'org/1'],
    ['where a parent names no licence', ['mit', null], 'forbids', 'org/1'],
    ['where two want themselves again', ['llama3.1', 'gemma'], 'conflict', 'llama3.1 and gemma'],
    [
      'where one wants trade and one forbids it',
      ['cc-by-sa-4.0', 'cc-by-nc-4.0'],
      'conflict',
      'cc-by-nc-4.0',
    ],
    ['where a parent has terms of its own', ['qwen-research'], 'conflict', 'qwen-research'],
  ] as const)('%s', (_, parents, severity, named) => {
    const { licence, warnings } = advise(...parents);
    expect(licence).toBeNull();
    expect(warnings.find((warning) => warning.severity === severity)?.text).toContain(named);
  });

  test('for no parents', () => {
    expect(advise()).toEqual({ licence: null, warnings: [] });
  });
});

test('community terms come with what they ask, and where it is written', () => {
  expect(advise('llama3.1').warnings).toEqual([
    {
      severity: 'note',
      text: 'org/0 (llama3.1) asks you to show "Built with Llama", and let the name of the model begin with "Llama".',
      source: 'https://www.llama.com/llama3_1/license/ (1.b)',
    },
  ]);
});
