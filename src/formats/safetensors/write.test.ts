import { parseSafetensorsMetadata } from '@huggingface/hub';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitsOf, type Dtype } from '../../numerics/dtype.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { bf16, f32, modelFile } from '../../testing/model-file.ts';
import { readHeader } from './header.ts';
import { byteLengthOf, layOut, shardName, writeIndex } from './write.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('layOut', () => {
  test('writes the bytes the safetensors crate writes', () => {
    const { header, byteLength } = layOut([{ name: 'a.weight', dtype: 'F32', shape: [1, 2] }]);
    expect([...header.subarray(0, 8)]).toEqual([64, 0, 0, 0, 0, 0, 0, 0]);
    expect(text(header.subarray(8))).toBe(
      '{"a.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}} ',
    );
    expect(byteLength).toBe(80);
  });

  test('puts wide dtypes first, then names by code point', () => {
    const names = layOut([
      { name: 'z', dtype: 'BF16', shape: [1] },
      { name: 'b', dtype: 'F16', shape: [1] },
      { name: 'mask', dtype: 'BOOL', shape: [1] },
      { name: '\u{1F600}', dtype: 'F32', shape: [1] },
      { name: '\uFF5E', dtype: 'F32', shape: [1] },
      { name: 'a.10', dtype: 'F32', shape: [1] },
      { name: 'a.1', dtype: 'F32', shape: [1] },
      { name: 'ids', dtype: 'I64', shape: [1] },
    ]).tensors.map(({ name }) => name);
    expect(names).toEqual(['ids', 'a.1', 'a.10', '\uFF5E', '\u{1F600}', 'z', 'b', 'mask']);
  });

  test('keeps the given order when asked', () => {
    const layout = layOut(
      [
        { name: 'b', dtype: 'U8', shape: [3] },
        { name: 'a', dtype: 'F32', shape: [] },
      ],
      {},
      'given',
    );
    const start = layout.header.length;
    expect(
      layout.tensors.map(({ name, begin, end }) => [name, begin - start, end - start]),
    ).toEqual([
      ['b', 0, 3],
      ['a', 3, 7],
    ]);
  });

  test('writes metadata first, its keys sorted', () => {
    const { header } = layOut([], { tool: 'x "y"', format: 'pt' });
    expect(text(header.subarray(8)).trimEnd()).toBe(
      '{"__metadata__":{"format":"pt","tool":"x \\"y\\""}}',
    );
  });

  test.each([
    ['a name twice', ['a', 'a']],
    ['the reserved name', ['__metadata__']],
  ])('refuses %s', (_, names) => {
    const tensors = names.map((name) => ({ name, dtype: 'U8', shape: [1] }) as const);
    expect(() => layOut(tensors)).toThrow(RangeError);
  });

  test('refuses a tensor that ends inside a byte', () => {
    expect(() => byteLengthOf('F4', [3])).toThrow('F4 tensor of shape [3]');
    expect(byteLengthOf('F4', [4])).toBe(2);
  });
});

const dtypes = Object.keys(bitsOf).filter((d) => bitsOf[d as Dtype] >= 8) as Dtype[];
const specs = fc.uniqueArray(
  fc.record({
    name: fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
  }),
  { selector: ({ name }) => name, maxLength: 12 },
);

test('what is laid out reads back the same, whatever names, dtypes and shapes', async () => {
  const metadata = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
  const order = fc.constantFrom('crate' as const, 'given' as const);
  await fc.assert(
    fc.asyncProperty(specs, metadata, order, async (tensors, meta, kind) => {
      const layout = layOut(tensors, meta, kind);
      const file = new Uint8Array(layout.byteLength);
      file.set(layout.header);
      const header = await readHeader(memorySource('m', file));
      const byName = (list: readonly { readonly name: string }[]) =>
        new Map(list.map((tensor) => [tensor.name, tensor]));
      expect(byName(header.tensors)).toEqual(byName(layout.tensors));
      expect(header.metadata).toEqual({ ...meta });
      expect(header.byteLength % 8).toBe(0);
    }),
  );
});

test('in crate order every tensor is aligned to its dtype', () => {
  fc.assert(
    fc.property(specs, (tensors) => {
      for (const { dtype, begin } of layOut(tensors).tensors) {
        expect(begin % (bitsOf[dtype] / 8)).toBe(0);
      }
    }),
  );
});

test("the Hub's own parser agrees", async () => {
  const file = modelFile({ 'a.weight': f32([2, 3]), b: bf16([5]) }, { format: 'pt' });
  const hub: typeof fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.endsWith('/model.safetensors')) return new Response(null, { status: 404 });
    const range = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range') ?? '');
    const [begin, last] = range ? [Number(range[1]), Number(range[2])] : [0, file.length - 1];
    return new Response(file.slice(begin, last + 1), {
      status: range ? 206 : 200,
      headers: { 'content-range': `bytes ${begin}-${last}/${file.length}`, etag: '"x"' },
    });
  };
  const info = await parseSafetensorsMetadata({
    repo: 'someone/model',
    path: 'model.safetensors',
    fetch: hub,
  });
  if (info.sharded) throw new Error('one file expected');
  expect(info.header).toEqual({
    __metadata__: { format: 'pt' },
    'a.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    b: { dtype: 'BF16', shape: [5], data_offsets: [24, 34] },
  });
});

describe('shards', () => {
  test('are numbered from 1 with five digits, and a lone one has no number', () => {
    expect(shardName(0, 1)).toBe('model.safetensors');
    expect(shardName(1, 12)).toBe('model-00002-of-00012.safetensors');
  });

  test('the index maps each tensor to its file and sums the bytes', () => {
    const index = writeIndex([
      { name: shardName(0, 2), tensors: [{ name: 'b', dtype: 'F32', shape: [4] }] },
      { name: shardName(1, 2), tensors: [{ name: 'a', dtype: 'BF16', shape: [3] }] },
    ]);
    expect(index).toBe(`{
  "metadata": {
    "total_size": 22
  },
  "weight_map": {
    "a": "model-00002-of-00002.safetensors",
    "b": "model-00001-of-00002.safetensors"
  }
}
`);
  });
});
