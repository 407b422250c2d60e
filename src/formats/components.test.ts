import { describe, expect, test } from 'vitest';
import { read } from '../testing/drop.ts';
import { componentsIn } from './components.ts';
import { recognise } from './folder.ts';

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

  test('a pickle beside the weights of a component is only left out', () => {
    const { models } = read(
      { 'e/modules.json': modules },
      'e/2_Dense/config.json',
      'e/2_Dense/model.safetensors',
      'e/2_Dense/pytorch_model.bin',
    );
    expect(models[0].leftOut.map(({ matters }) => matters)).toEqual([undefined]);
  });

  test('readings of one pipeline begin with the file that tells them apart', () => {
    const found = read(
      { 'p/model_index.json': pipeline },
      'p/unet/diffusion_pytorch_model.safetensors',
      'p/vae/diffusion_pytorch_model.safetensors',
      'p/vae/diffusion_pytorch_model.fp16.safetensors',
    );
    expect(found.others.map(({ weights }) => weights)).toEqual([
      [
        'p/vae/diffusion_pytorch_model.fp16.safetensors',
        'p/unet/diffusion_pytorch_model.safetensors',
      ],
    ]);
  });

  test('a variant of the weights beside the marker is another reading, too', () => {
    const found = read(
      { 'e/modules.json': modules },
      'e/model.safetensors',
      'e/model.fp16.safetensors',
      'e/2_Dense/model.safetensors',
    );
    expect(found.others.map(({ name, weights }) => [name, weights])).toEqual([
      ['e (fp16)', ['e/model.fp16.safetensors', 'e/2_Dense/model.safetensors']],
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
