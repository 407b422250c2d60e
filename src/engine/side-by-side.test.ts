import { expect, test } from 'vitest';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { Handle } from './protocol.ts';
import { enginesFor, SideBySide } from './side-by-side.ts';

const machine = { cores: 6, memory: 8 * 2 ** 30 };

test('as many engines as there are cores, and fewer the larger the model', () => {
  // 4 GiB for all: 512 MiB each, and 8 bytes an element.
  expect([1e6, 2 ** 26, 2 ** 27, 2 ** 28, 2 ** 32].map((n) => enginesFor(n, machine))).toEqual([
    ...[6, 4, 2, 1, 1],
  ]);
  expect(enginesFor(1e6, { cores: 64, memory: 2 ** 40 })).toBe(8);
  expect(enginesFor(1e6, { cores: 1, memory: 2 ** 31 })).toBe(1);
});

test('weights that come over the network are fetched by one engine, and then run by all', () => {
  const many = new SideBySide(machine);
  const facts = { elements: 1e6 } as ModelFacts;
  const subject = { kind: 'model', model: 'far' } as const;
  many.opened('near', facts, [{ kind: 'url' } as Handle]);
  many.opened('far', facts, [{ kind: 'hub' } as Handle]);
  expect(many.mostFor({ kind: 'model', model: 'near' })).toBe(6);
  expect(many.mostFor(subject)).toBe(1);
  many.ran(subject);
  expect(many.mostFor(subject)).toBe(6);
});
