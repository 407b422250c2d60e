import { describe, expect, test } from 'vitest';
import {
  call,
  dict,
  get,
  global,
  int,
  none,
  orderedDict,
  type Pickled,
  put,
  type Strided,
  storage,
  tensor,
  text,
  tuple,
} from '../../testing/pickle.ts';
import { refused } from '../../testing/refused.ts';
import { oneTensor, torchSource } from '../../testing/torch-file.ts';
import { readTorchFile } from './read-torch-file.ts';

const six = new Uint8Array(24);
const read = async (value: Pickled, storages: Record<string, Uint8Array> = { 0: six }) =>
  (await readTorchFile(torchSource(value, storages))).tensors;
const v2 = (...args: readonly Pickled[]) =>
  call(global('torch._utils', '_rebuild_tensor_v2'), ...args);
const floats = storage('FloatStorage', '0', 6);
const pair = tuple(int(2), int(3));
const flat = { size: [6], stride: [1] };

describe('where a tensor lies', () => {
  test.each<[string, Strided, [number, number, readonly number[] | null]]>([
    ['all of its storage', { size: [2, 3], stride: [3, 1] }, [0, 24, null]],
    ['a scalar', { size: [], stride: [], offset: 5 }, [20, 24, null]],
    ['the last rows', { size: [1, 3], stride: [3, 1], offset: 3 }, [12, 24, null]],
    ['transposed', { size: [3, 2], stride: [1, 3] }, [0, 24, [1, 3]]],
    ['a column', { size: [2], stride: [3], offset: 1 }, [4, 20, [3]]],
    ['one value repeated', { size: [2, 2], stride: [0, 0], offset: 2 }, [8, 12, [0, 0]]],
    ['axes of one with any step', { size: [1, 6, 1], stride: [0, 1, 99] }, [0, 24, null]],
    ['no elements', { size: [0, 3], stride: [3, 1] }, [0, 0, null]],
    ['no elements in many rows', { size: [2 ** 40, 0], stride: [0, 1] }, [0, 0, null]],
    ['no elements, behind the last', { size: [2, 0], stride: [1, 1], offset: 6 }, [0, 0, null]],
  ])('%s', async (_, strided, [begin, end, strides]) => {
    const tensors = await read(
      dict({ whole: tensor(floats, flat), found: tensor(floats, strided) }),
    );
    const [found, whole] = ['found', 'whole'].map((name) => tensors.find((t) => t.name === name)!);
    expect([found.begin - whole.begin, found.end - whole.begin, found.strides]).toEqual([
      begin,
      end,
      strides,
    ]);
    expect(found.shape).toEqual(strided.size);
  });

  test('tensors of one storage share its bytes, in the order of the file', async () => {
    const b = tensor(floats, { size: [2], stride: [1], offset: 4 });
    const tensors = await read(dict({ b, a: tensor(floats, flat), again: b }));
    expect(tensors.map(({ name }) => name)).toEqual(['a', 'b', 'again']);
    expect(tensors[1].begin).toBe(tensors[0].begin + 16);
    expect(tensors[2]).toEqual({ ...tensors[1], name: 'again' });
  });

  test('a storage of bytes with the dtype of its tensor', async () => {
    const untyped = [
      ...tuple(
        text('storage'),
        global('torch.storage', 'UntypedStorage'),
        text('0'),
        text('cpu'),
        int(24),
      ),
      0x51,
    ];
    const value = call(
      global('torch._utils', '_rebuild_tensor_v3'),
      ...[untyped, int(4), tuple(int(8)), tuple(int(1)), [0x89], call(orderedDict)],
      global('torch', 'uint16'),
    );
    const [{ dtype, begin, end }] = await read(dict({ value }));
    expect([dtype, end - begin]).toEqual(['U16', 16]);
  });

  test('a parameter is its tensor', async () => {
    const w = call(
      global('torch._utils', '_rebuild_parameter'),
      tensor(floats, flat),
      [0x88],
      none,
    );
    expect((await read(dict({ w })))[0].shape).toEqual([6]);
  });
});

const negative = tensor(floats, flat);

describe('tensors that are refused, by name', () => {
  test.each<[string, Strided, string]>([
    [
      'one element beyond the storage',
      { size: [7], stride: [1] },
      'its last element at number 6 of its storage',
    ],
    [
      'an offset beyond the storage',
      { size: [1], stride: [1], offset: 6 },
      'its last element at number 6',
    ],
    [
      'an offset that pushes it out',
      { size: [6], stride: [1], offset: 1 },
      'its last element at number 6',
    ],
    ['a stride beyond the storage', { size: [2], stride: [6] }, 'its last element at number 6'],
    ['a stride of 2^53 − 1', { size: [3], stride: [2 ** 53 - 1] }, 'its last element at number 18'],
    [
      'an offset of 2^53 − 1',
      { size: [1], stride: [1], offset: 2 ** 53 - 1 },
      'its last element at number 9007199254740991',
    ],
    [
      'an offset of 2^64',
      { size: [1], stride: [1], offset: 2n ** 64n },
      '18446744073709551616 in its storage offset',
    ],
    ['a negative offset', { size: [1], stride: [1], offset: -1 }, '-1 in its storage offset'],
    ['a negative size', { size: [-2], stride: [1] }, '-2 in its size'],
    ['two negative sizes', { size: [-2, -3], stride: [3, 1] }, '-2 in its size'],
    ['a negative stride', { size: [2], stride: [-1], offset: 5 }, '-1 in its stride'],
    ['fewer strides than axes', { size: [2, 3], stride: [1] }, '1 strides'],
    ['more strides than axes', { size: [2], stride: [1, 1] }, '2 strides'],
    [
      'a bomb of one repeated value',
      { size: [2 ** 40], stride: [0] },
      'shape [1099511627776], more bytes than the whole file has',
    ],
    [
      'sizes whose product overflows',
      { size: [2 ** 32, 2 ** 32], stride: [0, 0] },
      'more bytes than the whole file',
    ],
    [
      'an overflow before a size of 0',
      { size: [2 ** 32, 2 ** 32, 0], stride: [1, 1, 1] },
      'more bytes than the whole file',
    ],
    [
      'more axes than torch has',
      { size: Array(65).fill(1), stride: Array(65).fill(1) },
      'a tuple of 65 as its size',
    ],
  ])('%s', async (_, strided, found) => {
    const error = await refused(readTorchFile(oneTensor(strided)));
    expect([error.tag, error.context.tensor]).toEqual(['bad-tensor', 'w']);
    expect(error.context.found).toContain(found);
    expect(error.message.length).toBeLessThan(800);
  });

  test.each([[5], [7], [0], [2 ** 40]])(
    'a storage that says %i elements where there are 6',
    async (numel) => {
      const error = await refused(readTorchFile(oneTensor({ size: [1], stride: [1] }, 6, numel)));
      expect(error.context).toMatchObject({
        tensor: 'w',
        found: 'a storage of 24 bytes',
        expected: `${numel * 4}, as the tensor says`,
      });
    },
  );

  test.each<[string, Pickled, string]>([
    [
      'a storage that is not there',
      tensor(storage('FloatStorage', '1', 6), flat),
      'no storage "1" in the archive',
    ],
    [
      'a storage by a path',
      tensor(storage('FloatStorage', '../data/0', 6), flat),
      'no storage "../data/0"',
    ],
    [
      'a text as its storage',
      v2(text('0'), int(0), pair, pair, [0x89], none),
      'a text as its storage',
    ],
    [
      'a tensor as its storage',
      v2(negative, int(0), pair, pair, [0x89], none),
      'a tensor as its storage',
    ],
    [
      'a list as its size',
      v2(floats, int(0), [0x5d], pair, [0x89], none),
      'a list of 0 as its size',
    ],
    [
      'a text in its size',
      v2(floats, int(0), tuple(text('2')), tuple(int(1)), [0x89], none),
      'a text in its size',
    ],
    [
      'a truth value in its stride',
      v2(floats, int(0), tuple(int(2)), tuple([0x88]), [0x89], none),
      'a truth value in its stride',
    ],
    [
      'a negative view',
      v2(floats, int(0), tuple(int(6)), tuple(int(1)), [0x89], none, dict({ neg: [0x88] })),
      'to be read as their negatives',
    ],
    [
      'marks that are no dict',
      v2(floats, int(0), tuple(int(6)), tuple(int(1)), [0x89], none, [0x88]),
      'to be read as their negatives',
    ],
  ])('%s', async (_, value, found) => {
    const error = await refused(read(dict({ w: value })));
    expect([error.tag, error.context.tensor]).toEqual(['bad-tensor', 'w']);
    expect(error.context.found).toContain(found);
  });

  test.each(['ComplexDoubleStorage', 'QInt8Storage'])(
    'a dtype that safetensors has not: %s',
    async (type) => {
      const error = await refused(
        read(dict({ w: tensor(storage(type, '0', 3), { size: [1], stride: [1] }) })),
      );
      expect([error.tag, error.context.found]).toEqual(['bad-tensor', `dtype torch.${type}`]);
    },
  );

  const v3 = (of: Pickled, dtype: Pickled, size = 6) =>
    call(
      global('torch._utils', '_rebuild_tensor_v3'),
      ...[of, int(0), tuple(int(size)), tuple(int(1)), [0x89], none, dtype],
    );
  const untyped = (bytes: number) => [
    ...tuple(
      text('storage'),
      global('torch.storage', 'UntypedStorage'),
      text('0'),
      text('cpu'),
      int(bytes),
    ),
    0x51,
  ];

  test.each<[string, Pickled, string]>([
    ['a text', v3(untyped(24), text('float32')), 'dtype a text'],
    ['none', v3(untyped(24), none), 'dtype torch.UntypedStorage'],
    [
      'one that torch packs',
      v3(untyped(24), global('torch', 'float4_e2m1fn_x2')),
      'dtype torch.float4_e2m1fn_x2',
    ],
    ['another than its storage has', v3(floats, global('torch', 'int32')), 'dtype torch.int32'],
  ])('as the dtype %s', async (_, value, found) => {
    expect((await refused(read(dict({ value })))).context.found).toBe(found);
  });

  test('an element that is only half in the storage', async () => {
    const value = v3(untyped(7), global('torch', 'float32'), 2);
    const error = await refused(read(dict({ value }), { 0: new Uint8Array(7) }));
    expect(error.context).toMatchObject({
      found: 'its last element at number 1 of its storage',
      expected: 'below 1, the elements in it',
    });
  });

  test('a storage with bytes left over holds the others', async () => {
    const value = v3(untyped(7), global('torch', 'float32'), 1);
    expect(await read(dict({ value }), { 0: new Uint8Array(7) })).toHaveLength(1);
  });

  test('a mark that is off is none', async () => {
    const value = v2(
      floats,
      int(0),
      tuple(int(6)),
      tuple(int(1)),
      [0x89],
      none,
      dict({ conj: [0x89] }),
    );
    expect(await read(dict({ value }))).toHaveLength(1);
  });

  test('one storage under so many names that the output would be a bomb', async () => {
    const size = 100_000;
    const once = [
      ...tensor(storage('ByteStorage', '0', size), { size: [size], stride: [1] }),
      ...put(9),
    ];
    const rest = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`t${i}`, get(9)]));
    const error = await refused(read(dict({ w: once, ...rest }), { 0: new Uint8Array(size) }));
    expect(error.context.found).toBe('tensors of 4100000 bytes in all');
  });
});
