import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Arithmetic, arithmeticOf, arithmeticWords, dialects } from './dialect.ts';
import { methods } from './registry.ts';

/** The cells of a Markdown table's rows, by the text of their first cell. */
function rowsOf(markdown: string): ReadonlyMap<string, readonly string[]> {
  const rows = markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return new Map(rows.map((row) => [row[0], row.slice(1)]));
}

test('the table of dialects in the docs is the one in the code', () => {
  const rows = rowsOf(readFileSync('docs/dialects.md', 'utf8'));
  for (const key of Object.keys(arithmeticWords) as (keyof Arithmetic)[]) {
    const { label, choices } = arithmeticWords[key];
    const words = dialects.map((dialect) => choices[arithmeticOf[dialect][key] as never]);
    expect(rows.get(`\`${key}\``), key).toEqual([label, ...words]);
  }
});

test('the table of methods in the README is the registry', () => {
  const rows = rowsOf(readFileSync('README.md', 'utf8'));
  const documented = [...rows.keys()].filter((key) => /^`[a-z_]+`$/.test(key));
  expect(documented).toEqual(methods.map(({ id }) => `\`${id}\``));
  for (const method of methods) {
    const row = rows.get(`\`${method.id}\``);
    expect(row?.slice(0, 2), method.id).toEqual([method.title, method.summary]);
    const names = [...Object.keys(method.params.global), ...Object.keys(method.params.perModel)];
    expect(row?.[2], method.id).toBe(names.map((name) => `\`${name}\``).join(', '));
  }
});
