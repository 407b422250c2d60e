import { describe, expect, test } from 'vitest';
import type { StoredTensor } from '../../formats/model.ts';
import { HEADER_BYTES, type HeaderTensor, headerModel } from '../../testing/model.ts';
import { nameTensors, renameFault } from './rename.ts';

type Header = Record<string, HeaderTensor>;

function name(own: Header, rules: readonly (readonly [string, string])[], base: Header = {}) {
  const renames = rules.map(([from, to], k) => ({ id: `${k}`, model: 'own', from, to }));
  const [o, b] = [headerModel('own', own).tensors, headerModel('base', base).tensors];
  return nameTensors(o, renames, b);
}

describe('a plain rename', () => {
  test('gives tensors other names and leaves the rest', () => {
    const { tensors, used } = name(
      { '_orig_mod.a.weight': ['F32', [2]], 'b.weight': ['F32', [3]] },
      [
        ['_orig_mod.*', '*'],
        ['nowhere.*', '*'],
      ],
    );
    expect([...tensors].map(([key, { name, shape }]) => [key, name, shape])).toEqual([
      ['a.weight', '_orig_mod.a.weight', [2]],
      ['b.weight', 'b.weight', [3]],
    ]);
    expect([...used]).toEqual(['0']);
  });

  test('of several the first that matches decides, so that two names can change places', () => {
    const { tensors, faults } = name({ 'x.w1': ['F32', [1]], 'x.w3': ['F32', [3]] }, [
      ['*.w1', '*.w3'],
      ['*.w3', '*.w1'],
    ]);
    expect(tensors.get('x.w3')!.shape).toEqual([1]);
    expect(tensors.get('x.w1')!.shape).toEqual([3]);
    expect(faults).toEqual([]);
  });

  test('two sources for one name are a fault that names both', () => {
    const { faults } = name({ 'ema.a': ['F32', [2]], a: ['F32', [2]] }, [['ema.*', '*']]);
    expect(faults).toEqual([
      { kind: 'two sources', name: 'a', message: 'both ema.a and a are a under the renames' },
    ]);
  });
});

describe('a cut', () => {
  test('numbers the first axis and divides the next by the rows of the base', () => {
    const { tensors } = name(
      { 'l.0.experts.gate_up_proj': ['F16', [2, 5, 4]] },
      [['*.gate_up_proj', '*.#.gate + *.#.up']],
      {
        'l.0.experts.0.gate': ['F16', [3, 4]],
        'l.0.experts.0.up': ['F16', [2, 4]],
        'l.0.experts.1.gate': ['F16', [3, 4]],
        'l.0.experts.1.up': ['F16', [2, 4]],
      },
    );
    const at = (element: number) => HEADER_BYTES + 2 * element;
    const found = [...tensors].map(([key, piece]) => {
      const { shape, begin, end } = piece as StoredTensor;
      return [key, shape, begin, end];
    });
    expect(found).toEqual([
      ['l.0.experts.0.gate', [3, 4], at(0), at(12)],
      ['l.0.experts.0.up', [2, 4], at(12), at(20)],
      ['l.0.experts.1.gate', [3, 4], at(20), at(32)],
      ['l.0.experts.1.up', [2, 4], at(32), at(40)],
    ]);
    expect(tensors.get('l.0.experts.1.up')!.name).toBe('l.0.experts.gate_up_proj[1, 3:5]');
  });

  test('of rows alone', () => {
    const { tensors } = name(
      { 'a.qkv.weight': ['F32', [8, 4]] },
      [['*.qkv.weight', '*.q.weight + *.k.weight + *.v.weight']],
      {
        'a.q.weight': ['F32', [4, 4]],
        'a.k.weight': ['F32', [2, 4]],
        'a.v.weight': ['F32', [2, 4]],
      },
    );
    expect([...tensors].map(([key, { shape }]) => [key, shape[0]])).toEqual([
      ['a.q.weight', 4],
      ['a.k.weight', 2],
      ['a.v.weight', 2],
    ]);
  });

  test.each([
    [
      'rows that do not add up',
      { 'a.q': ['F32', [4, 4]], 'a.k': ['F32', [2, 4]] },
      'a.qk [8, 4] has 8 rows; the base’s a.q and a.k have 6',
    ],
    ['a base without the parts', {}, 'a.qk cannot be cut: the base has no a.q to tell how'],
  ] as const)('is refused for %s', (_, base, message) => {
    const { faults } = name({ 'a.qk': ['F32', [8, 4]] }, [['*.qk', '*.q + *.k']], base as Header);
    expect(faults).toEqual([{ kind: 'does not divide', name: 'a.q', message }]);
  });

  test('does not number every row of a vocabulary', () => {
    const { faults } = name({ embed: ['F32', [32_000, 4]] }, [['embed', 'row.#']]);
    expect(faults[0].message).toBe('embed [32000, 4] has too many slices to number');
  });
});

describe('a join', () => {
  const one = (e: number, shape: readonly number[] = [3, 4]): [string, HeaderTensor][] => [
    [`l.0.e.${e}.up`, ['F16', [2, 4]]],
    [`l.0.e.${e}.gate`, ['F16', shape]],
  ];
  const rule = [['*.#.gate + *.#.up', '*.gate_up']] as const;

  test('puts tensors together by number, then by part, wherever they lie', () => {
    const own = Object.fromEntries([...one(1), ...one(0)]);
    const { tensors, faults } = name(own, rule, { 'l.0.e.gate_up': ['F16', [2, 5, 4]] });
    expect(faults).toEqual([]);
    const joined = tensors.get('l.0.e.gate_up')!;
    expect(joined.shape).toEqual([2, 5, 4]);
    expect(joined).toMatchObject({ begin: 0, end: 80 });
    expect(joined.pieces!.map(({ name }) => name)).toEqual([
      'l.0.e.0.gate',
      'l.0.e.0.up',
      'l.0.e.1.gate',
      'l.0.e.1.up',
    ]);
  });

  test('numbers above nine stay in order', () => {
    const own = Object.fromEntries(Array.from({ length: 12 }, (_, e) => one(e)).flat());
    const { tensors } = name(own, rule);
    expect(tensors.get('l.0.e.gate_up')!.pieces!.at(-1)!.name).toBe('l.0.e.11.up');
  });

  test.each([
    ['a part is missing', one(0).concat(one(1).slice(1)), '3 tensors are there, 4 are needed'],
    ['a number is missing', [...one(0), ...one(2)], '4 tensors are there, 6 are needed'],
    [
      'one is of another shape',
      [...one(0), ...one(1, [2, 4])],
      'l.0.e.1.gate is F16 [2, 4], unlike l.0.e.0.gate',
    ],
    ['the base has another number', [...one(0)], '1 are numbered, the base has 2 in [2, 5, 4]'],
  ])('is refused where %s', (_, own, message) => {
    const base: Header = own.length === 2 ? { 'l.0.e.gate_up': ['F16', [2, 5, 4]] } : {};
    const { faults } = name(Object.fromEntries(own), rule, base);
    expect(faults.map((fault) => fault.message)).toEqual([`l.0.e.gate_up: ${message}`]);
  });
});

test.each([
  ['a.*', 'b', 'a.* has 1 × *, b has 0'],
  ['', 'b', 'a name is empty'],
  ['a + b', 'c + d', 'several names stand on both sides'],
  ['a.#.#', 'b', 'a name has # twice'],
  ['a', 'b.# + c', 'only some of the joined names have #'],
  ['bert.*.gamma', '*.weight', null],
  ['*.experts.w', '*.experts.#.a + *.experts.#.b', null],
])('“%s” → “%s”: %s', (from, to, why) => {
  expect(renameFault({ from, to })).toBe(why);
});
