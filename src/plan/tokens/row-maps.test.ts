import { expect, test } from 'vitest';
import { ROW_MEAN, ROW_ZEROS } from '../../formats/rows.ts';
import { readTokenizer } from '../../formats/tokenizer/read.ts';
import type { TokenRow } from '../../recipe/recipe.ts';
import { type Member, rowMaps } from './row-maps.ts';

/** Tokens by id, separated by blanks. */
function tokensOf(words: string) {
  const vocab = Object.fromEntries(words.split(' ').map((word, id) => [word, id]));
  return readTokenizer(JSON.stringify({ model: { type: 'WordPiece', vocab } }), 't');
}

const member = (id: string, words: string, over: Partial<Member> = {}): Member => {
  const tokenizer = tokensOf(words);
  return { id, tokenizer, rows: tokenizer.ids.size, isBase: false, takesPart: true, ...over };
};

/** Each row of each member in words: "a1" is row 1 of member a, "a1+b0" a mean, "0" zeros, "~" padding. */
function words(
  output: string,
  members: readonly Member[],
  wanted: readonly TokenRow[] = [],
  size = output.split(' ').length,
) {
  const { maps, faults } = rowMaps(tokensOf(output), size, members, wanted);
  const rows = maps.map(({ map, sources }) =>
    [...map.rows].map((row) => {
      if (row === ROW_MEAN) return '~';
      if (row === ROW_ZEROS) return '0';
      const parts = row >= 0 ? [{ source: 0, row }] : map.others[-3 - row];
      return parts.map((part) => `${members[sources[part.source]].id}${part.row}`).join('+');
    }),
  );
  return { rows: rows.map((row) => row.join(' ')), faults };
}

test('rows follow their tokens', () => {
  const { rows } = words('x y z', [member('a', 'z y x'), member('b', 'x z y')]);
  expect(rows).toEqual(['a2 a1 a0', 'b0 b2 b1']);
});

test('a token that one model has stands in for all others', () => {
  const { rows } = words('x y', [member('a', 'x'), member('b', 'x y'), member('c', 'x')]);
  expect(rows).toEqual(['a0 b1', 'b0 b1', 'c0 b1']);
});

test('where several have it, the base’s stands in, or else the mean', () => {
  const have = [member('a', 'y'), member('b', 'y'), member('c', 'x y')];
  expect(words('x y', have).rows[0]).toBe('c0 a0');
  const three = [member('a', 'y'), member('b', 'x y'), member('c', 'y x')];
  expect(words('x y', three).rows[0]).toBe('b0+c1 a0');
  const withBase = [member('a', 'y'), member('b', 'x y'), member('c', 'y x', { isBase: true })];
  expect(words('x y', withBase).rows[0]).toBe('c1 a0');
});

test('nobody takes from a model that is not merged', () => {
  const { rows } = words('x y', [member('a', 'y'), member('b', 'x', { takesPart: false })]);
  expect(rows).toEqual(['0 a0', 'b0 a0']);
});

test('a token that nobody has is zeros, and rows without a token are the mean', () => {
  expect(words('x q', [member('a', 'x')], [], 4).rows).toEqual(['a0 0 ~ ~']);
});

test('a token beyond the rows of its model is not there', () => {
  const { rows } = words('x y', [member('a', 'x y', { rows: 1 }), member('b', 'y x')]);
  expect(rows).toEqual(['a0 b0', 'b1 b0']);
});

test('what the recipe says goes before the rules, and by force before the own row', () => {
  const have = [member('a', 'x'), member('b', 'x y z')];
  const told = (force: boolean): readonly TokenRow[] => [
    { token: 'y', from: { kind: 'zeros' }, force },
    { token: 'x', from: { kind: 'token', model: 'b', token: 'z' }, force },
    { token: 'z', from: { kind: 'token', model: 'a', token: 0 }, force },
  ];
  expect(words('x y z', have, told(false)).rows).toEqual(['a0 0 a0', 'b0 b1 b2']);
  expect(words('x y z', have, told(true)).rows).toEqual(['b2 0 a0', 'b2 0 a0']);
});

test('a row that is not there is told', () => {
  const have = [member('a', 'x'), member('b', 'y')];
  const from = (token: string | number): TokenRow => {
    return { token: 'x', from: { kind: 'token', model: 'a', token }, force: true };
  };
  expect(words('x y', have, [from('q')]).faults).toEqual([
    { token: 'x', why: 'it has no token "q"' },
  ]);
  expect(words('x y', have, [from(1)]).faults[0].why).toBe(
    'it has 1 rows, and none of the number 1',
  );
  const nobody: TokenRow = { token: 'x', from: { kind: 'model', model: 'c' }, force: true };
  expect(words('x y', have, [nobody]).faults[0].why).toBe('that model does not have the tensor');
});

test('equal maps have equal keys, others have not', () => {
  const key = (text: string) =>
    rowMaps(tokensOf('x y'), 2, [member('a', text)], []).maps[0].map.key;
  expect(key('x y')).toBe(key('x y'));
  expect(key('x y')).not.toBe(key('y x'));
});
