import { expect, test } from 'vitest';
import { constantsFrom, explain, formulaModule, link } from './link.ts';

const from = (files: Record<string, string>) => new Map(Object.entries(files));
const code = (
  files: Record<string, string>,
  formula?: string,
  counts: Record<string, number> | null = null,
) => link('main', formula, counts, from(files)).code;

test('a module is included once, before what follows its import', () => {
  const files = { main: '#import a\n#import b\nmain', a: '#import b\nA', b: 'B' };
  expect(code(files)).toBe('B\nA\nmain');
});

test('the formula takes the place of #import formula', () => {
  expect(code({ main: '#import formula\nmain', 'methods/ties': 'TIES' }, 'methods/ties')).toBe(
    'TIES\nmain',
  );
  expect(formulaModule('dare_ties')).toBe('methods/dare-ties');
});

test('an unknown module is named, with who wants it', () => {
  expect(() => code({ main: '#import lib/dtpye' })).toThrow(
    'No shader module "lib/dtpye", imported by main',
  );
});

test('modules that import each other are named in a row', () => {
  const files = { main: '#import a', a: '#import b', b: '#import a' };
  expect(() => code(files)).toThrow('Shader cycle: main → a → b → a');
});

test('an import must stand on a line of its own', () => {
  expect(code({ main: 'a // see #import b' })).toBe('a // see #import b');
});

test('loops of a known length become copies of their body, inner ones too', () => {
  const text = [
    'for (var k = 0u; k < MODELS; k++) {',
    '  for (var lane = 0u; lane < 2u; lane++) {',
    '    body',
    '  }',
    '}',
    'after',
  ].join('\n');
  expect(
    code({ main: text }, undefined, { MODELS: 2 })
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual([
    ...[
      '{ const k = 0u;',
      '{ const lane = 0u;',
      'body',
      '}',
      '{ const lane = 1u;',
      'body',
      '}',
      '}',
    ],
    ...[
      '{ const k = 1u;',
      '{ const lane = 0u;',
      'body',
      '}',
      '{ const lane = 1u;',
      'body',
      '}',
      '}',
    ],
    'after',
  ]);
});

test('loops of unknown length stay, and all loops when nothing is to be unrolled', () => {
  const text = 'for (var d = 0u; d < draws; d++) {\n}';
  expect(code({ main: text }, undefined, {})).toBe(text);
  const known = 'for (var d = 0u; d < 2u; d++) {\n}';
  expect(code({ main: known })).toBe(known);
});

test('a compiler message is told with the file and line where it was written', () => {
  const linked = link(
    'main',
    undefined,
    {},
    from({ main: 'one\n#import lib/a\nthree', 'lib/a': 'x\ny' }),
  );
  const message = { lineNum: 3, linePos: 5, type: 'error', message: 'no such name' };
  expect(explain(linked, message as GPUCompilationMessage)).toBe(
    'shaders/lib/a.wgsl:2:5: error: no such name',
  );
  expect(explain(linked, { ...message, lineNum: 4 } as GPUCompilationMessage)).toContain(
    'shaders/main.wgsl:3',
  );
});

test('a formula, and what it imports, takes constants from its coefficients', () => {
  const files = from({
    'methods/a': '#import lib/b\n#constant RULE rule\nbody',
    'lib/b': '#constant OTHER other\n#constant ABSENT absent\nb',
    main: '#import formula',
  });
  const received = { rule: 7, other: 5, weight: [1, 2] };
  expect(constantsFrom('methods/a', received, files)).toEqual({ RULE: 7, OTHER: 5 });
  expect(link('main', 'methods/a', null, files).code).toBe('b\nbody');
});
