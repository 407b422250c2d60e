import { describe, expect, test } from 'vitest';
import {
  dict,
  float,
  get,
  global,
  int,
  list,
  none,
  orderedDict,
  type Pickled,
  put,
  storage,
  tensor,
  text,
  tuple,
} from '../../testing/pickle.ts';
import { refused } from '../../testing/refused.ts';
import { torchSource } from '../../testing/torch-file.ts';
import { readTorchFile } from './read-torch-file.ts';

const t = tensor(storage('ByteStorage', '0', 1), { size: [1], stride: [1] });
const open = (value: Pickled) => readTorchFile(torchSource(value, { 0: new Uint8Array(1) }));
const names = async (value: Pickled) => (await open(value)).tensors.map(({ name }) => name);
const refusal = (value: Pickled) => refused(open(value));

describe('names', () => {
  test('keys of dicts and places in lists, joined with dots', async () => {
    const value = dict({
      unet: dict({ conv: list(t, t) }),
      vae: tuple(t, dict({ 'a.b': t })),
      top: t,
    });
    expect(await names(value)).toEqual(['unet.conv.0', 'unet.conv.1', 'vae.0', 'vae.1.a.b', 'top']);
  });

  test('numbers as keys', async () => {
    expect(await names([0x7d, ...int(7), ...t, 0x73])).toEqual(['7']);
  });

  test.each(['state_dict', 'model', 'module', 'params'])(
    'not the key "%s" around the whole',
    async (key) => {
      expect(await names(dict({ epoch: int(3), [key]: dict({ a: t, 'b.c': t }) }))).toEqual([
        'a',
        'b.c',
      ]);
    },
  );

  test('not two such keys in each other', async () => {
    expect(await names(dict({ model: dict({ state_dict: dict({ a: t }) }) }))).toEqual(['a']);
  });

  test('but any other key', async () => {
    expect(await names(dict({ encoder: dict({ a: t }) }))).toEqual(['encoder.a']);
  });

  test('and such a key with tensors beside it', async () => {
    expect(await names(dict({ model: dict({ a: t }), head: t }))).toEqual(['model.a', 'head']);
  });
});

describe('what is told as left out', () => {
  test('plain data, each as a whole', async () => {
    const { leftOut } = await open(
      dict({
        epoch: int(3),
        loss: float(0.5),
        name: text('x'),
        done: [0x88],
        nothing: none,
        args: dict({ lr: float(1), betas: tuple(float(1), float(2)) }),
        dtype: global('torch', 'float16'),
        state_dict: dict({ a: t, note: text('y') }),
      }),
    );
    expect(leftOut).toEqual([
      { name: 'epoch', found: 'a number' },
      { name: 'loss', found: 'a number' },
      { name: 'name', found: 'a text' },
      { name: 'done', found: 'a truth value' },
      { name: 'nothing', found: 'None' },
      { name: 'args', found: 'a dict of 2' },
      { name: 'dtype', found: 'torch.float16' },
      { name: 'state_dict.note', found: 'a text' },
    ]);
  });

  test('what training needs to go on', async () => {
    const optimizer = dict({ state: dict({ '0': dict({ exp_avg: t, step: t }) }) });
    const { tensors, leftOut } = await open(
      dict({ optimizer_states: optimizer, state_dict: dict({ a: t }), rng_state: t }),
    );
    // A tensor without a dict around it: all are taken, since any of them may be the model's.
    expect(tensors).toHaveLength(4);
    expect(leftOut).toEqual([]);
    const usual = await open(dict({ optimizer_states: optimizer, state_dict: dict({ a: t }) }));
    expect(usual.tensors.map(({ name }) => name)).toEqual(['a']);
    expect(usual.leftOut).toEqual([{ name: 'optimizer_states', found: '2 tensors' }]);
  });
});

describe('what is refused', () => {
  test.each([[['ema', 'params']], [['params', 'ema']], [['model', 'params']]])(
    'two parts that could be the model (%s), with the line that takes one',
    async (keys) => {
      const error = await refusal(
        dict(Object.fromEntries(keys.map((key) => [key, dict({ a: t })]))),
      );
      expect([error.tag, error.context.found]).toEqual([
        'several-models',
        `tensors under 2 keys: "${keys[0]}", "${keys[1]}"`,
      ]);
      const pick = keys.find((key) => key !== 'ema');
      expect(error.context.advice).toContain(`weights_only=True)["${pick}"]; save_file(`);
    },
  );

  test.each<[string, Pickled, string]>([
    ['a tensor without a name', t, 'a single tensor without a name'],
    ['no tensors', dict({ a: int(1) }), 'a dict of 1 without tensors'],
    ['an empty dict', dict({}), 'a dict of 0 without tensors'],
    ['a text', text('model'), 'a text without tensors'],
    ['one name twice, by two ways', dict({ 'a.b': t, a: dict({ b: t }) }), 'a second of this name'],
    [
      'one name twice, as number and text',
      [0x7d, 0x28, ...int(1), ...t, ...text('1'), ...t, 0x75],
      'a second of this name',
    ],
    [
      'a storage without a tensor',
      dict({ a: t, b: storage('ByteStorage', '0', 1) }),
      'a storage as "b"',
    ],
    ['a function as a value', dict({ a: t, b: orderedDict }), 'collections.OrderedDict as "b"'],
    [
      'a type as a value',
      dict({ a: t, b: list(global('torch', 'HalfStorage')) }),
      'torch.HalfStorage as "b.0"',
    ],
    [
      'a dict in itself',
      [0x7d, ...put(0), ...text('a'), ...get(0), 0x73],
      'dicts more than 64 deep',
    ],
    ['a list in itself', [0x5d, ...put(0), ...get(0), 0x61], 'dicts more than 64 deep'],
    [
      'tuples by the hundred thousand',
      [...none, ...Array(100_000).fill(0x85)],
      'dicts more than 64 deep',
    ],
    [
      'a name without measure',
      dict({ ['n'.repeat(1001)]: t }),
      'a name of more than 1000 characters',
    ],
  ])('%s', async (_, value, found) => {
    const error = await refusal(value);
    expect(error.context.found).toContain(found);
    expect(error.message.length).toBeLessThan(800);
  });

  test('but not many plain numbers under a long name', async () => {
    const numbers = list(...Array.from({ length: 500 }, () => [0x4b, 1]));
    const value = dict({ a: t, ['n'.repeat(500)]: numbers });
    expect((await open(value)).leftOut).toEqual([
      { name: 'n'.repeat(500), found: 'a list of 500' },
    ]);
  });

  test('one list many times in many lists, over and over', async () => {
    const rounds = Array.from({ length: 30 }, (_, i) => [...list(get(i), get(i)), ...put(i + 1)]);
    const error = await refusal(tuple([...list(t), ...put(0)], ...rounds));
    expect(error.context.found).toBe('the same values under too many names');
  });
});
