import { describe, expect, test } from 'vitest';
import type { Sink } from '../../io/sink.ts';
import type { Source } from '../../io/source.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type MemorySink, memorySink } from '../../testing/memory-sink.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { mergeRun } from '../../testing/merge-run.ts';
import { bf16, f16, f32, type TestTensor, tensor } from '../../testing/model-file.ts';
import { run } from '../run/run.ts';

const pair = { a: { w: f32([4], [1, 2, 3, 4]) }, b: { w: f32([4], [3, 2, 1, -4]) } };

/** A disk that gives back something else than was written to the weights. */
function lyingSink(change: (bytes: Uint8Array) => Uint8Array): MemorySink {
  const inner = memorySink();
  const reopen: Sink['reopen'] = async (name) => {
    const source: Source = await inner.reopen(name);
    const bytes = await source.read(0, source.size);
    return memorySource(name, name === 'model.safetensors' ? change(bytes) : bytes);
  };
  return { ...inner, reopen };
}

async function verdict(
  models: Record<string, Record<string, TestTensor>>,
  recipe: Partial<Recipe> = {},
) {
  const { plan, options } = await mergeRun({ models, recipe });
  const all = options();
  const { verify } = await run(plan, all);
  const saved = new TextDecoder().decode(all.sink.files.get('amalgam-verify.json'));
  return { verify, saved: JSON.parse(saved) };
}

function withLast(bytes: Uint8Array, flip: number): Uint8Array {
  const changed = bytes.slice();
  changed[changed.length - 1] ^= flip;
  return changed;
}

describe('a file that is not what was sent', () => {
  test.each([
    ['a flipped bit in the weights', (b: Uint8Array) => withLast(b, 1), /reads back differently/],
    ['a truncated file', (b: Uint8Array) => b.slice(0, -1), /has \d+ bytes, expected \d+/],
    [
      'another header',
      (b: Uint8Array) => {
        const changed = b.slice();
        changed[changed.indexOf(0x77)] = 0x78; // the name w becomes x
        return changed;
      },
      /header of model.safetensors is not the planned one/,
    ],
  ])('%s ends the run and nothing is kept', async (_, change, message) => {
    const { plan, options } = await mergeRun({ models: pair });
    const sink = lyingSink(change);
    const error = await run(plan, options({ sink })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ tag: 'verify', message: expect.stringMatching(message) });
    expect(sink.state()).toBe('aborted');
    expect(sink.files.size).toBe(0);
  });
});

describe('a file that is what was sent', () => {
  test('has its size and the sha256 of its bytes', async () => {
    const { plan, options } = await mergeRun({ models: pair });
    const all = options();
    const { verify } = await run(plan, all);
    const bytes = all.sink.files.get('model.safetensors')!;
    const digest = await crypto.subtle.digest('SHA-256', bytes);
    const [weights] = verify.files;
    expect(weights).toEqual({
      name: 'model.safetensors',
      size: bytes.length,
      sha256: Buffer.from(digest).toString('hex'),
    });
    expect(verify).toMatchObject({ ok: true, problems: [], tensors: 1, nan: 0, infinite: 0 });
  });

  test('the report is saved beside the weights, with what it was made on', async () => {
    const { verify, saved } = await verdict(pair);
    expect(saved).toEqual({ backend: 'CPU', ...verify, remarkable: [], survival: null });
  });

  test.each([
    ['F32', f32([2, 2], [1, Number.NaN, 3, 4]), '1 NaN'],
    ['BF16', bf16([4], [Number.NaN, Number.NaN, 3, 4]), '2 NaN'],
    ['F16', f16([4], [1, 2, 3, Number.POSITIVE_INFINITY]), '1 infinite'],
    [
      'F8_E5M2',
      tensor('F8_E5M2', [4], [1, Number.NaN, Number.NEGATIVE_INFINITY, 2]),
      '1 NaN and 1',
    ],
  ])('a merged %s tensor with non-finite values is a problem', async (_, w, words) => {
    const other: TestTensor = { ...w, bytes: w.bytes.slice().fill(0) };
    const { verify, saved } = await verdict({ a: { w: other }, b: { w } });
    expect(verify.ok).toBe(false);
    expect(verify.problems).toEqual([expect.stringContaining(`w holds ${words}`)]);
    expect(verify.nan + verify.infinite).toBeGreaterThan(0);
    expect(saved.remarkable[0]).toMatchObject({ tensor: 'w' });
  });

  test('a merged tensor that is not finite tells which inputs were not', async () => {
    const { verify } = await verdict({
      a: { w: f32([3], [1, 2, 3]) },
      b: { w: f32([3], [1, Number.NaN, Number.POSITIVE_INFINITY]) },
    });
    expect(verify.problems).toEqual([
      'w holds 1 NaN and 1 infinite values; the input had them: b (1 NaN and 1 infinite)',
    ]);
  });

  test('a merged tensor that becomes infinite of finite inputs tells so', async () => {
    const { verify } = await verdict(
      { a: { w: f32([2], [3e38, 1]) }, b: { w: f32([2], [3e38, 1]) } },
      { method: 'linear', values: { normalize: false } },
    );
    expect(verify.problems).toEqual([
      expect.stringMatching(/^w holds 1 infinite value, though none of its inputs does$/),
    ]);
  });

  const masked = (values: readonly number[]) => ({
    base: { w: f32([2], [1, 2]), mask: f32([3], values) },
    a: { w: f32([2], [3, 4]) },
  });
  const keepOwn = { method: 'task_arithmetic' };

  test('NaN in a copied tensor is a problem that names where it comes from', async () => {
    const { verify } = await verdict(masked([Number.NaN, 0, Number.NaN]), keepOwn);
    expect(verify).toMatchObject({ ok: false, nan: 2, remarks: [] });
    expect(verify.problems).toEqual([
      'mask holds 2 NaN values, as base does, which it was copied from',
    ]);
  });

  test('infinity in a copied tensor, as masks have it, is a remark and no problem', async () => {
    const { verify, saved } = await verdict(masked([0, Number.NEGATIVE_INFINITY, 0]), keepOwn);
    expect(verify).toMatchObject({ ok: true, problems: [], infinite: 1 });
    expect(verify.remarks).toEqual([
      'mask holds 1 infinite value, as base does, which it was copied from',
    ]);
    expect(saved.remarks).toEqual(verify.remarks);
  });

  test('so is infinity that was cast to another dtype', async () => {
    const output = { ...emptyRecipe().output, dtype: 'F16' } as const;
    const models = masked([0, Number.NEGATIVE_INFINITY, 0]);
    const { verify } = await verdict(models, { ...keepOwn, output });
    expect(verify).toMatchObject({ ok: true, problems: [] });
    expect(verify.remarks).toEqual([
      'mask holds 1 infinite value; the input had them: base (1 infinite)',
    ]);
  });

  test('NaN in rows that only the base has is told as its own', async () => {
    const { verify } = await verdict(
      {
        base: { 'embed_tokens.weight': f32([3, 2], [1, 2, 3, 4, Number.NaN, 6]) },
        a: { 'embed_tokens.weight': f32([2, 2], [1, 2, 3, 5]) },
      },
      keepOwn,
    );
    expect(verify.problems).toEqual([
      'embed_tokens.weight holds 1 NaN value; the input had them: base (1 NaN)',
    ]);
  });

  test('a merge that changes nothing is a problem', async () => {
    const { verify } = await verdict({ a: pair.a, b: pair.a });
    expect(verify.ok).toBe(false);
    expect(verify.tensorsChanged).toBe(0);
    expect(verify.problems).toEqual(['nothing changed: every tensor equals the original']);
  });

  test('one changed tensor among equal ones is enough', async () => {
    const same = f32([3]);
    const a = { same, w: pair.a.w };
    const { verify } = await verdict({ a, b: { same, w: pair.b.w } });
    expect(verify).toMatchObject({ ok: true, tensors: 2, tensorsChanged: 1 });
  });
});
