import { expect, test } from 'vitest';
import { csv } from './csv.ts';

test('fields that hold a comma, a quote or a line break are quoted, and null is empty', () => {
  const lines = [
    ['name', 'a,b', 'say "it"'],
    ['two\nlines', 0.5, null],
  ];
  expect(csv(lines)).toBe('name,"a,b","say ""it"""\r\n"two\nlines",0.5,\r\n');
});
