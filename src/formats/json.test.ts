import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonError, type JsonNumber, parseJson, placeInText, toPlain } from './json.ts';

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      expect(JSON.stringify(toPlain(parseJson(text)))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test('refuses what JSON.parse refuses', () => {
  const snippets = fc.array(fc.constantFrom(...'{}[]:,"\\ -01.eEx\ntrufalsn'), { maxLength: 12 });
  fc.assert(
    fc.property(snippets, (characters) => {
      const text = characters.join('');
      const attempt = (parse: (text: string) => unknown) => {
        try {
          parse(text);
          return 'accepted';
        } catch {
          return 'refused';
        }
      };
      expect(attempt((t) => toPlain(parseJson(t, { python: true })))).toBe(attempt(JSON.parse));
    }),
    { numRuns: 500 },
  );
});

describe('what JSON.parse would hide', () => {
  test('numbers keep how they were written', () => {
    const list = parseJson('[1, 1.0, 1e400, 18446744073709551615]') as readonly JsonNumber[];
    expect(list.map(({ literal }) => literal)).toEqual([
      '1',
      '1.0',
      '1e400',
      '18446744073709551615',
    ]);
  });

  test('a key twice is an error, with its place', () => {
    const text = '{"a":1,\n "a":2}';
    const error = caught(text);
    expect([error.tag, error.message, placeInText(text, error.at)]).toEqual([
      'duplicate-key',
      'a',
      'line 2, column 2',
    ]);
  });

  test('half a surrogate pair is an error', () => {
    expect(caught('"\\ud800"').message).toBe('a string with half a surrogate pair');
    expect(parseJson('"\\ud83d\\ude00"')).toBe('\u{1F600}');
  });

  test('__proto__ is a key like any other', () => {
    const plain = toPlain(parseJson('{"__proto__":{"x":1}}'));
    expect(Object.keys(plain as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
  });

  test('nesting has a limit', () => {
    expect(parseJson(`[${'[],'.repeat(200)}[]]`)).toHaveLength(201);
    expect(parseJson('['.repeat(128) + ']'.repeat(128))).toBeDefined();
    expect(caught('['.repeat(129)).message).toBe('nested deeper than 128 levels');
  });
});

test("Python's JSON has NaN, infinities and the last of equal keys", () => {
  const text = '{"a":NaN,"b":[-Infinity,Infinity],"c":1,"c":2}';
  expect(toPlain(parseJson(text, { python: true }))).toEqual({
    a: Number.NaN,
    b: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    c: 2,
  });
  expect(caught('NaN').message).toBe('expected a value');
});

test('members are reported with their path and the place of their value', () => {
  const text = '{"a": {"b": "x"}, "c" : 12}';
  const seen: string[] = [];
  parseJson(text, {
    onMember: (path, begin, end) => seen.push(`${path.join('.')}=${text.slice(begin, end)}`),
  });
  expect(seen).toEqual(['a.b="x"', 'a={"b": "x"}', 'c=12']);
});

function caught(text: string): JsonError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return error;
  }
  throw new Error('not refused');
}
