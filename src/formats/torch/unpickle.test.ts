import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  build,
  call,
  dict,
  float,
  get,
  global,
  int,
  list,
  mark,
  none,
  orderedDict,
  type Pickled,
  put,
  reduce,
  storage,
  tensor,
  text,
  tuple,
} from '../../testing/pickle.ts';
import { refused } from '../../testing/refused.ts';
import { of, read, refusal, repeated } from '../../testing/unpickling.ts';
import { FormatError } from '../error.ts';
import { opcodes } from './opcodes.ts';
import type { Value } from './values.ts';

const aTensor = tensor(storage('FloatStorage', '0', 1), { size: [1], stride: [1] });

describe('damage and bombs', () => {
  const deep = 100_000;
  test.each<[string, Pickled, string]>([
    ['a text longer than the file', [0x58, 0xff, 0xff, 0xff, 0xff], '4294967295 bytes announced'],
    ['a number longer than the file', [0x8a, 255, 1], '255 bytes announced'],
    ['half a number', [0x4a, 1], '4 bytes announced where 2 are left'],
    ['half a float', [0x47, 1], '8 bytes announced where 2 are left'],
    ['a text that is not UTF-8', [0x58, 1, 0, 0, 0, 0xff], 'a text that is not UTF-8'],
    ['values left over', [...none, ...none], 'values left over'],
    ['no value', [], 'values left over or none'],
    ['a mark left over', [...none, ...mark], 'values left over'],
    ['bytes after the end', [...none, 0x2e, 1, 2], '3 bytes after the end'],
    ['a tuple without its mark', [...none, 0x74], 'without its mark'],
    ['a tuple of more than there is', [...none, 0x87], 'takes what is not there'],
    ['a tuple of what lies below a mark', [...none, ...mark, 0x85], 'takes what is not there'],
    ['a call of what lies below a mark', [...orderedDict, ...mark, 0x29, 0x52], 'not there'],
    ['a memo of nothing', [...put(0)], 'takes what is not there'],
    ['a memo that is not there', get(7), 'number 7 of its memo'],
    ['a memo of the largest number', get(0xffff_ffff), 'number 4294967295 of its memo'],
    ['an append to a tuple', [0x29, ...none, 0x61], 'a tuple of 0 that something is appended to'],
    [
      'an append to a tensor',
      [...aTensor, ...none, 0x61],
      'a tensor that something is appended to',
    ],
    ['a member set in a list', [0x5d, ...none, ...none, 0x73], 'a list of 0 whose members are set'],
    ['a key without a value', [0x7d, ...mark, ...text('a'), 0x75], 'a key without a value'],
    [
      'the same key twice',
      [0x7d, ...mark, ...text('a'), ...none, ...text('a'), ...none, 0x75],
      'the key "a" twice',
    ],
    ['a tuple as a key', [0x7d, ...tuple(), ...none, 0x73], 'a tuple of 0 as a key'],
    ['a fraction as a key', [0x7d, ...float(0.5), ...none, 0x73], 'a number as a key'],
    [
      'too few arguments',
      call(global('torch._utils', '_rebuild_tensor_v2'), none),
      '1 arguments of',
    ],
    ['arguments that are no tuple', [...orderedDict, ...dict({}), ...reduce], 'with a dict of 0'],
    ['an ordered dict with arguments', call(orderedDict, list()), '1 arguments of'],
    ['a size of a tensor', call(global('torch', 'Size'), aTensor), 'a size made of a tensor'],
    [
      'a parameter of a text',
      call(global('torch._utils', '_rebuild_parameter'), text('a'), none, none),
      'a parameter made of a text',
    ],
    [
      'a storage of fewer than no elements',
      storage('FloatStorage', '0', -1),
      'a storage of -1 elements',
    ],
    [
      'a storage of 2^70 elements',
      storage('FloatStorage', '0', 2n ** 70n),
      'a storage of 1180591620717411303424 elements',
    ],
    [
      'a storage of 2^2000 elements',
      storage('FloatStorage', '0', 2n ** 2000n),
      'a storage of a number elements',
    ],
  ])('%s', async (_, attack, found) => {
    const error = await refusal(attack);
    expect(['bad-pickle', 'duplicate-key']).toContain(error.tag);
    expect(error.context.found).toContain(found);
    expect(error.message.length).toBeLessThan(800);
  });

  test('a pickle without its first bytes', async () => {
    expect((await refused(() => read(new Uint8Array()))).context.found).toContain(
      '1 bytes announced',
    );
    expect((await refused(() => read(Uint8Array.from([0x2e, 0x2e])))).context.found).toContain(
      'PROTO',
    );
  });

  test('tuples, lists and marks in each other by the hundred thousand do no harm', async () => {
    expect(of(none, repeated(deep, opcodes.TUPLE1))).toMatchObject({ kind: 'tuple' });
    expect(of(repeated(deep, 0x5d), repeated(deep - 1, 0x61))).toMatchObject({ kind: 'list' });
    expect(of(repeated(deep, 0x28), repeated(deep, 0x74))).toMatchObject({ kind: 'tuple' });
  });

  test('a list that holds itself is made once', () => {
    const value = of([0x5d], put(0), get(0), [0x61]) as Extract<Value, { kind: 'list' }>;
    expect(value.items[0]).toBe(value);
  });

  test('more values than any model has are refused before they are made', async () => {
    const attack = new Uint8Array(2 ** 22).fill(0x7d);
    attack.set([0x80, 2]);
    expect((await refused(() => read(attack))).context.found).toBe('more than 2097152 values');
  });

  test('a memo that doubles with each step takes the memory of its steps', () => {
    const steps = Array.from({ length: 200 }, (_, i) => [
      ...get(i),
      ...get(i),
      0x86,
      ...put(i + 1),
    ]);
    const value = of(tuple([...tuple(), ...put(0)], ...steps));
    expect(value).toMatchObject({ kind: 'tuple', items: { length: 201 } });
  });

  test('arbitrary bytes are refused with a FormatError, never another error', () => {
    const codes = fc.constantFrom(...'(.JKMNQRXabc}eh]jqrstu)G\x85\x86\x87\x88\x89\x8a'.split(''));
    const byte = fc.oneof(
      codes.map((code) => code.charCodeAt(0)),
      fc.nat({ max: 255 }),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
        try {
          of(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('plain data', () => {
  test.each<[string, Pickled, Value]>([
    ['None', none, null],
    ['True', [0x88], true],
    ['False', [0x89], false],
    ['0', int(0), 0],
    ['-1', int(-1), -1],
    ['255', int(255), 255],
    ['2^40', int(2 ** 40), 2 ** 40],
    ['-2^63', int(-(2n ** 63n)), -(2n ** 63n)],
    ['a long of no bytes', [0x8a, 0], 0],
    ['BININT', [0x4a, 0xfe, 0xff, 0xff, 0xff], -2],
    ['BININT2', [0x4d, 0x34, 0x12], 0x1234],
    ['a float', float(-0.1), -0.1],
    ['a text', text('schlüssel 名'), 'schlüssel 名'],
    ['a size', call(global('torch', 'Size'), tuple(int(2))), { kind: 'tuple', items: [2] }],
    ['a short tuple', [...none, 0x88, 0x86], { kind: 'tuple', items: [null, true] }],
  ])('%s', (_, pickled, value) => {
    expect(of(pickled)).toEqual(value);
  });

  test('a dict keeps its order and takes no name specially', () => {
    const value = of(dict({ b: int(1), ['__proto__']: int(2), a: int(3) }));
    if (value === null || typeof value !== 'object' || value.kind !== 'dict') throw new Error();
    expect([...value.items!]).toEqual([
      ['b', 1],
      ['__proto__', 2],
      ['a', 3],
    ]);
  });

  test('attributes of an ordered dict are dropped', () => {
    const value = of(call(orderedDict), dict({ _metadata: dict({}) }), build);
    expect(value).toEqual({ kind: 'dict', ordered: true, items: null });
  });
});
