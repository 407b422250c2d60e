import { describe, expect, test } from 'vitest';
import { recognise } from './folder.ts';

const drop = (...paths: string[]) => recognise(paths.map((path) => ({ path, size: 100 })));
const shards = (folder: string, count: number, ...without: number[]) =>
  Array.from({ length: count }, (_, i) => i + 1)
    .filter((number) => !without.includes(number))
    .map((number) => `${folder}model-0000${number}-of-0000${count}.safetensors`);

describe('models', () => {
  test('one file in a folder, with its companions and without its papers', () => {
    const { models, problems, notes } = drop(
      'tiny/README.md',
      'tiny/LICENSE',
      'tiny/.gitattributes',
      'tiny/config.json',
      'tiny/generation_config.json',
      'tiny/tokenizer.json',
      'tiny/tokenizer_config.json',
      'tiny/tokenizer.model',
      'tiny/special_tokens_map.json',
      'tiny/vocab.json',
      'tiny/merges.txt',
      'tiny/chat_template.jinja',
      'tiny/added_tokens.json',
      'tiny/model.safetensors',
    );
    expect([problems, notes]).toEqual([[], []]);
    expect(models).toEqual([
      {
        name: 'tiny',
        weights: ['tiny/model.safetensors'],
        companions: [
          'tiny/config.json',
          'tiny/generation_config.json',
          'tiny/tokenizer.json',
          'tiny/tokenizer_config.json',
          'tiny/tokenizer.model',
          'tiny/special_tokens_map.json',
          'tiny/vocab.json',
          'tiny/merges.txt',
          'tiny/chat_template.jinja',
          'tiny/added_tokens.json',
        ],
      },
    ]);
  });

  test('shards in order, with their index', () => {
    const index = 'm/model.safetensors.index.json';
    const { models } = drop(index, ...shards('m/', 3).reverse());
    expect(models).toEqual([{ name: 'm', weights: shards('m/', 3), index, companions: [] }]);
  });

  test('shards without an index, when all are there', () => {
    const { models, problems } = drop(...shards('m/', 2));
    expect(problems).toEqual([]);
    expect(models).toEqual([{ name: 'm', weights: shards('m/', 2), companions: [] }]);
  });

  test('a single file needs no index, and one beside it does not count', () => {
    const { models, problems } = drop('m/model.safetensors.index.json', 'm/model.safetensors');
    expect(problems).toEqual([]);
    expect(models).toEqual([{ name: 'm', weights: ['m/model.safetensors'], companions: [] }]);
  });

  test('a lone file of any name', () => {
    expect(drop('merge of mine.v2.safetensors').models).toEqual([
      { name: 'merge of mine.v2', weights: ['merge of mine.v2.safetensors'], companions: [] },
    ]);
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

  test("Mistral's second copy of the weights is left out", () => {
    const { models } = drop('m/consolidated.safetensors', ...shards('m/', 2));
    expect(models.map(({ weights }) => weights)).toEqual([shards('m/', 2)]);
    expect(drop('m/consolidated.safetensors').models).toHaveLength(1);
  });
});

describe('what is missing', () => {
  test('a shard is named', () => {
    const { models, problems } = drop('m/config.json', ...shards('m/', 3, 2));
    expect(models).toEqual([]);
    expect(problems.map(({ tag, context }) => [tag, context.found])).toEqual([
      ['missing-shard', 'no model-00002-of-00003.safetensors'],
    ]);
  });

  test('many shards are counted', () => {
    const [problem] = drop('model-00001-of-00010.safetensors').problems;
    expect(problem.context.found).toMatch(
      /^no model-00002-of-00010.*-00006-of-00010.safetensors and 4 more$/,
    );
    expect(problem.context.expected).toBe('all 10 shards');
  });

  test('an index alone is no model', () => {
    const { models, problems } = drop('m/model.safetensors.index.json', 'm/config.json');
    expect(models).toEqual([]);
    expect(problems.map(({ tag }) => tag)).toEqual(['missing-shard']);
  });
});

describe('what cannot be used', () => {
  test('a LoRA adapter is told to be merged into its base', () => {
    const { models, problems } = drop('lora/adapter_config.json', 'lora/adapter_model.safetensors');
    expect(models).toEqual([]);
    expect(problems.map(({ tag }) => tag)).toEqual(['adapter']);
    expect(problems[0].message).toContain('merge it into its base with PEFT first');
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

  test('a pickle beside safetensors is only a note', () => {
    const { models, problems, notes } = drop('m/pytorch_model.bin', 'm/model.safetensors');
    expect([models.length, problems.length]).toEqual([1, 0]);
    expect(notes.map(({ tag }) => tag)).toEqual(['pickle']);
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

  test('hidden files and resource forks do not count', () => {
    expect(drop('.DS_Store', '.git/x.bin', '__MACOSX/m/a.safetensors').models).toEqual([]);
  });
});
