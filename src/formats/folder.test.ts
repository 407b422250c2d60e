import { describe, expect, test } from 'vitest';
import { noticeName } from '../io/unfinished.ts';
import { drop, shards } from '../testing/drop.ts';
import { recognise } from './folder.ts';

describe('models', () => {
  test('one file in a folder, with every small file beside it', () => {
    const small = [
      'config.json',
      'LICENSE',
      'modeling_tiny.py',
      'tokenizer.json',
      'source.spm',
      'spm.model',
      'qwen.tiktoken',
      'normalizer.json',
      'preprocessor_config.json',
      'chat_template.jinja',
      'additional_chat_templates/tool_use.jinja',
      'assets/logo.png',
      'nested/code/more.py',
    ].map((name) => `tiny/${name}`);
    const { models, problems, notes } = drop(...small, 'tiny/model.safetensors');
    expect([problems, notes]).toEqual([[], []]);
    expect(models).toEqual([
      {
        name: 'tiny',
        root: 'tiny/',
        components: [{ name: '', weights: ['tiny/model.safetensors'] }],
        weights: ['tiny/model.safetensors'],
        companions: small,
        leftOut: [],
      },
    ]);
  });

  test('shards in order, with their index', () => {
    const index = 'm/model.safetensors.index.json';
    const [model, ...more] = drop(index, ...shards('m/', 3).reverse()).models;
    expect(more).toEqual([]);
    expect(model.components).toEqual([{ name: '', weights: shards('m/', 3), index }]);
    expect(model.leftOut).toEqual([]);
  });

  test('shards without an index, when all are there', () => {
    const { models, problems } = drop(...shards('m/', 2));
    expect(problems).toEqual([]);
    expect(models.map(({ name, weights }) => [name, weights])).toEqual([['m', shards('m/', 2)]]);
  });

  test.each(['m/MODEL.SAFETENSORS', 'm/model.SafeTensors', 'm/model.sft', 'm/model.safetensor'])(
    '%s holds weights',
    (path) => {
      expect(drop(path).models).toMatchObject([{ name: 'm', weights: [path], companions: [] }]);
    },
  );

  test('shards and index in upper case', () => {
    const names = ['1', '2'].map((n) => `m/MODEL-0000${n}-OF-00002.SAFETENSORS`);
    const index = 'm/MODEL.SAFETENSORS.INDEX.JSON';
    const { models, problems } = drop(...names, index);
    expect(problems).toEqual([]);
    expect(models).toMatchObject([{ name: 'm', weights: names, companions: [] }]);
    expect(models[0].components).toMatchObject([{ index }]);
  });

  test('a lone file of any name', () => {
    const [{ name, root, weights }] = drop('merge of mine.v2.safetensors').models;
    expect([name, root, weights]).toEqual([
      'merge of mine.v2',
      '',
      ['merge of mine.v2.safetensors'],
    ]);
  });

  test('loose files do not own the folders dropped beside them', () => {
    const files = ['a.safetensors', 'notes.txt', 'other/b.txt'].map((path) => ({ path, size: 1 }));
    const companionsOf = (loose: boolean) => recognise(files, { loose }).models[0].companions;
    expect(companionsOf(true)).toEqual(['notes.txt']);
    expect(companionsOf(false)).toEqual(['notes.txt', 'other/b.txt']);
  });

  test('several folders, and several files of one folder, are several models', () => {
    const names = drop(
      'all/base/model.safetensors',
      'all/math/model.safetensors',
      'a.safetensors',
      'b.safetensors',
    ).models.map(({ name }) => name);
    expect(names).toEqual(['base', 'math', 'a', 'b']);
  });

  test('folders of one name are told apart by what is above them', () => {
    const names = drop('a/final/model.safetensors', 'b/final/model.safetensors').models;
    expect(names.map(({ name }) => name)).toEqual(['a/final', 'b/final']);
  });

  test("a folder of the Hub's cache has the name of its repository", () => {
    const path = 'models--org--Tiny-1B/snapshots/0a1b2c/model.safetensors';
    expect(drop(path).models[0].name).toBe('Tiny-1B');
  });

  test('whatever names come together, no two models have one', () => {
    const found = drop(
      'a/x/model.safetensors',
      'b/x/model.safetensors',
      'c/one.safetensors',
      'c/two.safetensors',
      ...shards('d/', 2),
      ...shards('d/', 3),
      'models--o--x/snapshots/1/model.safetensors',
      'models--o--x/snapshots/2/model.safetensors',
    );
    const names = found.models.map(({ name }) => name);
    expect(names).toHaveLength(8);
    expect(new Set(names).size).toBe(8);
  });
});

describe('what cannot be used', () => {
  test('a merge that did not come to its end is no model', () => {
    const { models, problems } = drop('m/model.safetensors', 'm/config.json', `m/${noticeName}`);
    expect(models).toEqual([]);
    expect(problems.map(({ tag, context }) => [tag, context.file])).toEqual([
      ['unfinished', `m/${noticeName}`],
    ]);
  });

  test.each(['adapter_model.safetensors', 'adapter_model.bin'])('an adapter: %s', (weights) => {
    const { models, problems } = drop('lora/adapter_config.json', `lora/${weights}`);
    expect(problems).toEqual([]);
    expect(models.map(({ name, companions }) => [name, companions])).toEqual([
      ['lora', ['lora/adapter_config.json']],
    ]);
  });

  test('a pickle of an adapter is passed over beside its safetensors', () => {
    const { models } = drop('lora/adapter_model.bin', 'lora/adapter_model.safetensors');
    expect(models.map(({ weights }) => weights)).toEqual([['lora/adapter_model.safetensors']]);
  });

  test('adapters in folders of one repo are told apart', () => {
    const { models } = drop(
      'repo/style/adapter_config.json',
      'repo/style/adapter_model.safetensors',
      'repo/face/adapter_config.json',
      'repo/face/adapter_model.safetensors',
    );
    expect(models.map(({ name }) => name).sort()).toEqual(['face', 'style']);
  });

  test.each([
    ['pickle', 'pytorch_model.bin'],
    ['pickle', 'model.PT'],
    ['pickle', 'model.pth'],
    ['pickle', 'sd.ckpt'],
    ['gguf', 'model.Q4_K_M.gguf'],
    ['other-weights', 'model.onnx'],
    ['other-weights', 'tf_model.h5'],
    ['archive', 'model.zip'],
  ])('%s: %s', (tag, name) => {
    const { models, problems } = drop(`m/${name}`, 'm/config.json');
    expect(models).toEqual([]);
    expect(problems.map((problem) => [problem.tag, problem.context.file])).toEqual([
      [tag, `m/${name}`],
    ]);
  });

  test('the shards of a pickle are refused once', () => {
    const { problems } = drop(
      'pytorch_model-00001-of-00002.bin',
      'pytorch_model-00002-of-00002.bin',
    );
    expect(problems.map(({ context }) => context.file)).toEqual([
      'pytorch_model-00001-of-00002.bin',
    ]);
  });

  test('what is left of an adapter does not go into an output', () => {
    const { models, problems } = drop('m/adapter_config.json', 'm/model.safetensors');
    expect(problems).toEqual([]);
    expect(models[0].leftOut).toEqual([
      { name: 'adapter_config.json', size: expect.any(Number), reason: 'part of an adapter' },
    ]);
  });

  test('a model and an adapter of one folder are two models', () => {
    const { models } = drop(
      'm/adapter_config.json',
      'm/adapter_model.safetensors',
      'm/model.safetensors',
    );
    expect(models.length).toBe(2);
    expect(new Set(models.map(({ name }) => name)).size).toBe(2);
  });

  test('a pickle beside safetensors is no alarm', () => {
    const { models, problems, notes } = drop('m/pytorch_model.bin', 'm/model.safetensors');
    expect([models.length, problems, notes]).toEqual([1, [], []]);
  });

  test('what a trainer leaves behind is passed over', () => {
    const { notes } = drop(
      'm/optimizer.pt',
      'm/training_args.bin',
      'm/rng_state_0.pth',
      'm/model.safetensors',
    );
    expect(notes).toEqual([]);
  });

  test('unknown files are named', () => {
    const { problems } = drop('a.png', 'b.txt', 'c.md', 'd.csv');
    expect(problems.map(({ tag, context }) => [tag, context.found])).toEqual([
      ['no-model', 'a.png, b.txt, c.md and 1 more, but no weights'],
    ]);
    expect(drop().problems[0].context.found).toBe('no files');
  });

  test.each(['model.safetensors.txt', 'model.safetensors (1)', 'model.safetensors.1'])(
    '%s is to be renamed',
    (name) => {
      const [{ tag, context }] = drop(`m/${name}`, 'm/config.json').problems;
      expect([tag, context.file]).toEqual(['misnamed', `m/${name}`]);
      expect(context.advice).toContain('rename the file');
    },
  );

  test('a marker that cannot be read is told', () => {
    const texts = new Map([['p/model_index.json', '{oops']]);
    const files = ['p/model_index.json', 'p/unet/model.safetensors'].map((path) => ({
      path,
      size: 1,
    }));
    const { models, notes } = recognise(files, { texts });
    expect(models.map(({ name }) => name)).toEqual(['unet']);
    expect(notes.map(({ context }) => [context.file, context.found])).toEqual([
      ['p/model_index.json', 'text that is no JSON'],
    ]);
  });

  test('a part that a pipeline names and nobody has is told', () => {
    const json = {
      unet: ['d', 'U'],
      vae: ['d', 'V'],
      checker: [null, null],
      tokenizer: ['t', 'T'],
    };
    const texts = new Map([['p/model_index.json', JSON.stringify(json)]]);
    const names = ['model_index.json', 'unet/model.safetensors', 'tokenizer/vocab.json'];
    const { models, notes } = recognise(
      names.map((name) => ({ path: `p/${name}`, size: 1 })),
      { texts },
    );
    expect(models.map(({ name }) => name)).toEqual(['p']);
    expect(notes.map(({ tag, context }) => [tag, context.found])).toEqual([
      ['missing-part', 'no files in vae/'],
    ]);
  });

  test('a download that did not finish is called that', () => {
    const { problems } = drop('m/model.safetensors.crdownload', 'm/config.json');
    expect(problems.map(({ tag }) => tag)).toEqual(['unfinished']);
  });

  test("a folder of the Hub's cache without its links says what helps", () => {
    const folder = 'models--org--my-model/';
    const { models, problems } = drop(`${folder}blobs/${'ab'.repeat(32)}`, `${folder}refs/main`);
    expect(models).toEqual([]);
    expect(problems.map(({ tag, context }) => [tag, context.file])).toEqual([
      ['links', 'models--org--my-model'],
    ]);
    expect(problems[0].context.advice).toContain('hf download org/my-model --local-dir my-model');
  });

  test('the other folders beside it are models', () => {
    const { models, problems } = drop('hub/models--a--b/refs/main', 'good/model.safetensors');
    expect([models.length, problems.map(({ tag }) => tag)]).toEqual([1, ['links']]);
  });

  test('hidden files and resource forks do not count', () => {
    expect(drop('.DS_Store', '.git/x.bin', '__MACOSX/m/a.safetensors').models).toEqual([]);
  });
});
