import { describe, expect, test } from 'vitest';
import { componentsIn } from './components.ts';
import { recognise, toRead } from './folder.ts';

const drop = (...paths: string[]) => recognise(paths.map((path) => ({ path, size: 100 })));
const shards = (folder: string, count: number, ...without: number[]) =>
  Array.from({ length: count }, (_, i) => i + 1)
    .filter((number) => !without.includes(number))
    .map((number) => `${folder}model-0000${number}-of-0000${count}.safetensors`);

const read = (texts: Record<string, string>, ...paths: string[]) =>
  recognise(
    [...Object.keys(texts), ...paths].map((path) => ({ path, size: 100 })),
    { texts: new Map(Object.entries(texts)) },
  );
const indexOf = (...files: string[]) =>
  JSON.stringify({ weight_map: Object.fromEntries(files.map((file, i) => [`t${i}`, file])) });

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

  test('what is left out is listed with its reason', () => {
    const { models, notes } = recognise([
      ...[
        'm/model.safetensors',
        'm/README.md',
        'm/amalgam-recipe.json',
        'm/.gitattributes',
        'm/.git/objects/aa',
        'm/.git/objects/bb',
        'm/__pycache__/x.pyc',
        'm/pytorch_model.bin',
        'm/pytorch_model.bin.index.json',
        'm/model.Q4.gguf',
        'm/onnx/model.onnx',
        'm/onnx/config.json',
        'm/tf_model.h5',
        'm/flax_model.msgpack',
        'm/optimizer.pt',
        'm/docs/README.md',
      ].map((path) => ({ path, size: 100 })),
      { path: 'm/video.mp4', size: 65 * 2 ** 20 },
    ]);
    expect(notes).toEqual([]);
    const [{ companions, leftOut }] = models;
    expect(companions).toEqual(['m/docs/README.md']);
    expect(leftOut.map(({ name, size }) => [name, size])).toEqual([
      ['README.md', 100],
      ['amalgam-recipe.json', 100],
      ['.gitattributes', 100],
      ['.git/', 200],
      ['__pycache__/', 100],
      ['pytorch_model.bin', 100],
      ['pytorch_model.bin.index.json', 100],
      ['model.Q4.gguf', 100],
      ['onnx/', 200],
      ['tf_model.h5', 100],
      ['flax_model.msgpack', 100],
      ['optimizer.pt', 100],
      ['video.mp4', 65 * 2 ** 20],
    ]);
    expect(leftOut.filter(({ matters }) => matters).map(({ reason }) => reason)).toEqual([
      '65 MiB, more than the 64 MiB up to which files are copied',
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

  test("Mistral's second copy of the weights is left out", () => {
    const { models } = drop('m/consolidated.safetensors', ...shards('m/', 2));
    expect(models.map(({ weights }) => weights)).toEqual([shards('m/', 2)]);
    expect(drop('m/consolidated.safetensors').models).toHaveLength(1);
  });
});

describe('several sets of weights in one folder', () => {
  const index = 'm/model.safetensors.index.json';
  const named = (count: number) => shards('', count);
  const chosen = (found: ReturnType<typeof drop>) => found.models.map(({ weights }) => weights);

  test('the index decides over a left-over single file', () => {
    const found = read(
      { [index]: indexOf(...named(2)) },
      'm/model.safetensors',
      ...shards('m/', 2),
    );
    expect(chosen(found)).toEqual([shards('m/', 2)]);
    expect(found.models[0].components[0].index).toBe(index);
    expect(found.models[0].leftOut.map(({ name, reason }) => [name, reason])).toEqual([
      ['model.safetensors', 'left over: model.safetensors.index.json names other files'],
    ]);
    expect(found.notes.map(({ tag, context }) => [tag, context.file])).toEqual([
      ['left-over', 'm/model.safetensors'],
    ]);
    expect(found.others.map(({ name, weights }) => [name, weights])).toEqual([
      ['m (model.safetensors)', ['m/model.safetensors']],
    ]);
  });

  test('the index decides over an old set of shards, whole or not', () => {
    const old = shards('m/', 3);
    for (const left of [old, old.slice(1)]) {
      const found = read({ [index]: indexOf(...named(2)) }, ...shards('m/', 2), ...left);
      expect(chosen(found)).toEqual([shards('m/', 2)]);
      expect(found.problems).toEqual([]);
    }
  });

  test('an index whose files are gone is left over from other weights', () => {
    const found = read({ [index]: indexOf(...named(2)) }, 'm/model.safetensors');
    expect(chosen(found)).toEqual([['m/model.safetensors']]);
    expect(found.problems).toEqual([]);
  });

  test('an index may name one file, and files of any name', () => {
    const one = read({ [index]: indexOf('model.safetensors') }, 'm/model.safetensors');
    expect(chosen(one)).toEqual([['m/model.safetensors']]);
    const odd = read(
      { [index]: indexOf('x.safetensors', 'y.safetensors') },
      'm/x.safetensors',
      'm/y.safetensors',
    );
    expect(chosen(odd)).toEqual([['m/x.safetensors', 'm/y.safetensors']]);
  });

  test('a shard that the index names and nobody has is missing', () => {
    const found = read({ [index]: indexOf(...named(3)) }, ...shards('m/', 3, 2));
    expect(found.models).toEqual([]);
    expect(found.problems.map(({ tag, context }) => [tag, context.found])).toEqual([
      ['missing-shard', 'no model-00002-of-00003.safetensors'],
    ]);
  });

  test('without an index the single file is taken, as transformers does', () => {
    const found = drop('m/model.safetensors', ...shards('m/', 2));
    expect(chosen(found)).toEqual([['m/model.safetensors']]);
    expect(found.others.map(({ weights }) => weights)).toEqual([shards('m/', 2)]);
  });

  test('variants are other readings of one model', () => {
    const found = drop(
      'm/model.safetensors',
      'm/model.fp16.safetensors',
      'm/model.bf16.safetensors',
    );
    expect(chosen(found)).toEqual([['m/model.safetensors']]);
    expect(found.others.map(({ name, weights }) => [name, weights])).toEqual([
      ['m (fp16)', ['m/model.fp16.safetensors']],
      ['m (bf16)', ['m/model.bf16.safetensors']],
    ]);
    const only = drop(
      'm/model.fp16-00001-of-00002.safetensors',
      'm/model.fp16-00002-of-00002.safetensors',
    );
    expect(chosen(only)[0]).toHaveLength(2);
  });

  test('an index is read only where names leave a doubt', () => {
    const wanted = (...paths: string[]) => toRead(paths.map((path) => ({ path, size: 1 })));
    expect(wanted(index, ...shards('m/', 2))).toEqual([]);
    expect(wanted(index, ...shards('m/', 2, 1))).toEqual([index]);
    expect(wanted(index, ...shards('m/', 2), 'm/model.safetensors')).toEqual([index]);
    expect(wanted('m/modules.json', 'm/model.safetensors')).toEqual(['m/modules.json']);
  });
});

describe('models of components', () => {
  const modules = JSON.stringify([
    { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
    { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    { idx: 2, name: '2', path: '2_Dense', type: 'sentence_transformers.models.Dense' },
  ]);
  const pipeline = JSON.stringify({
    _class_name: 'StableDiffusionPipeline',
    unet: ['diffusers', 'UNet2DConditionModel'],
    vae: ['diffusers', 'AutoencoderKL'],
    scheduler: ['diffusers', 'DDIMScheduler'],
    safety_checker: [null, null],
  });

  test('a sentence-transformers folder is one model, its dense layer a component', () => {
    const found = read(
      { 'e/modules.json': modules },
      'e/model.safetensors',
      'e/1_Pooling/config.json',
      'e/2_Dense/config.json',
      'e/2_Dense/model.safetensors',
      'e/checkpoint-5/model.safetensors',
    );
    expect(found.models.map(({ name, components }) => [name, components])).toEqual([
      [
        'e',
        [
          { name: '', weights: ['e/model.safetensors'] },
          { name: '2_Dense', weights: ['e/2_Dense/model.safetensors'] },
        ],
      ],
      ['checkpoint-5', [{ name: '', weights: ['e/checkpoint-5/model.safetensors'] }]],
    ]);
    expect(found.models[0].companions).toEqual([
      'e/modules.json',
      'e/1_Pooling/config.json',
      'e/2_Dense/config.json',
    ]);
  });

  test('a dense layer that is only a pickle is left out, and that matters', () => {
    const { models } = read(
      { 'e/modules.json': modules },
      'e/model.safetensors',
      'e/2_Dense/config.json',
      'e/2_Dense/pytorch_model.bin',
    );
    expect(models[0].leftOut).toEqual([
      {
        name: '2_Dense/pytorch_model.bin',
        size: 100,
        reason: 'the only weights of 2_Dense, and a Python pickle',
        matters: true,
      },
    ]);
  });

  test('a pipeline is one model; a copy of it in one file is left out', () => {
    const found = read(
      { 'p/model_index.json': pipeline },
      'p/all-in-one.safetensors',
      'p/unet/config.json',
      'p/unet/diffusion_pytorch_model.safetensors',
      'p/unet/diffusion_pytorch_model.fp16.safetensors',
      'p/vae/diffusion_pytorch_model.safetensors',
      'p/vae/diffusion_pytorch_model.fp16.safetensors',
      'p/scheduler/scheduler_config.json',
    );
    expect(found.problems).toEqual([]);
    const weights = (variant = '') => [
      `p/unet/diffusion_pytorch_model${variant}.safetensors`,
      `p/vae/diffusion_pytorch_model${variant}.safetensors`,
    ];
    expect(found.models.map((model) => [model.name, model.weights])).toEqual([['p', weights()]]);
    expect(found.others.map((model) => [model.name, model.weights])).toEqual([
      ['p (fp16)', weights('.fp16')],
    ]);
    const [model] = found.models;
    expect(model.components.map(({ name }) => name)).toEqual(['unet', 'vae']);
    expect(model.leftOut.map(({ name, reason }) => [name, reason])).toEqual([
      ['all-in-one.safetensors', 'weights that are not part of the model'],
      [
        'unet/diffusion_pytorch_model.fp16.safetensors',
        'diffusion_pytorch_model.safetensors is taken instead',
      ],
      [
        'vae/diffusion_pytorch_model.fp16.safetensors',
        'diffusion_pytorch_model.safetensors is taken instead',
      ],
    ]);
  });

  test('shards of a variant, as diffusers names them now and named them once', () => {
    for (const shard of ['.fp16-0000N-of-00002', '-0000N-of-00002.fp16']) {
      const files = [1, 2].map(
        (n) => `p/unet/diffusion_pytorch_model${shard.replace('N', String(n))}.safetensors`,
      );
      const index = 'p/unet/diffusion_pytorch_model.safetensors.index.fp16.json';
      const found = read({ 'p/model_index.json': pipeline }, index, ...files);
      expect(found.models[0].components).toEqual([{ name: 'unet', weights: files, index }]);
    }
  });

  test('a component that lacks a shard stops the whole model', () => {
    const found = read(
      { 'p/model_index.json': pipeline },
      'p/vae/diffusion_pytorch_model.safetensors',
      'p/unet/diffusion_pytorch_model-00001-of-00002.safetensors',
    );
    expect(found.models).toEqual([]);
    expect(found.problems.map(({ tag }) => tag)).toEqual(['missing-shard']);
  });

  test('a marker cannot name folders outside its own', () => {
    expect(componentsIn('modules.json', '[{"path":"../x"},{"path":"/y"},{"path":"a"}]')).toEqual([
      'a',
    ]);
  });

  test('what was chosen is chosen again from its own files', () => {
    const texts = { 'p/model_index.json': pipeline };
    const [first] = read(
      texts,
      'p/x.safetensors',
      'p/unet/model.safetensors',
      'p/unet/model.fp16.safetensors',
    ).models;
    const files = [...first.weights, ...first.companions].map((path) => ({ path, size: 100 }));
    const again = recognise(files, { texts: new Map(Object.entries(texts)) });
    expect(again.models.map(({ components }) => components)).toEqual([first.components]);
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

  test('hidden files and resource forks do not count', () => {
    expect(drop('.DS_Store', '.git/x.bin', '__MACOSX/m/a.safetensors').models).toEqual([]);
  });
});
