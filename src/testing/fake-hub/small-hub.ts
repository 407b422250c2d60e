import { bf16, f32, modelFile } from '../model-file.ts';
import { asText } from './content.ts';
import type { Repo } from './repo.ts';
import { type FakeHub, type FakeHubOptions, startFakeHub } from './server.ts';

/** Bytes of a file that no two places share. */
export const noisyBytes = (length: number) =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);

export const weights = modelFile({ 'a.weight': bf16([4, 3]), 'b.weight': f32([2]) });

const card = (...lines: readonly string[]) => asText(['---', ...lines, '---', ''].join('\n'));
const config = asText('{"architectures":["LlamaForCausalLM"],"model_type":"llama","vocab_size":9}');

/** A base, what was made from it, and one repo for each kind of access and storage. */
export const smallRepos: readonly Repo[] = [
  {
    id: 'ann/base',
    files: {
      'README.md': card('license: mit', 'tags:', '- tiny'),
      'config.json': config,
      'model.safetensors': weights,
      'notes/a b#1.txt': asText('ranges of text'),
    },
    earlier: [{ files: { 'model.safetensors': noisyBytes(50) } }],
    gitTags: { v1: 1 },
    likes: 30,
    downloads: 100,
    pipeline_tag: 'text-generation',
    lastModified: '2026-01-02T03:04:05.000Z',
  },
  {
    id: 'bob/tuned',
    files: {
      'README.md': card('license: apache-2.0', 'base_model: ann/base'),
      'config.json': config,
      'model.safetensors': weights,
    },
    likes: 20,
    downloads: 300,
    pipeline_tag: 'text-generation',
    storage: 'plain',
  },
  {
    id: 'bob/adapter',
    files: {
      'README.md': card('base_model: ann/base'),
      'adapter_config.json': asText('{"base_model_name_or_path":"ann/base","r":4}'),
      'adapter_model.safetensors': weights,
    },
    likes: 10,
    downloads: 200,
  },
  { id: 'bob/xet', storage: 'xet', files: { 'big.safetensors': noisyBytes(17_000_001) } },
  { id: 'ann/gated', gated: 'auto', files: { 'model.safetensors': weights } },
  { id: 'owner/secret', private: true, files: { 'model.safetensors': weights } },
  {
    id: 'ann/results',
    type: 'dataset',
    files: { 'data/train.parquet': noisyBytes(300) },
    branches: { 'refs/convert/parquet': { 'default/train/0000.parquet': noisyBytes(200) } },
  },
];

export function startSmallHub(options: Partial<FakeHubOptions> = {}): Promise<FakeHub> {
  return startFakeHub({ repos: smallRepos, ...options });
}
