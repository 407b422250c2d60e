import { listModels, parseSafetensorsMetadata } from '@huggingface/hub';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scoreBoard } from '../../hub/scores.ts';
import { demoRepos } from './demo-repos.ts';
import { type FakeHub, startFakeHub } from './server.ts';

let hub: FakeHub;
beforeAll(async () => {
  hub = await startFakeHub({ repos: demoRepos({ computedBytes: 8e6 }) });
});
afterAll(() => hub.close());

async function tagged(tag: string): Promise<readonly string[]> {
  const found: string[] = [];
  const search = { tags: [tag] };
  for await (const { name } of listModels({ search, hubUrl: hub.url })) found.push(name);
  return found;
}

test('the family is found from its base', async () => {
  expect(await tagged('base_model:finetune:amalgam/tiny-skills-base')).toEqual([
    'amalgam/tiny-skills-reverse',
    'amalgam/tiny-skills-sort',
    'amalgam/tiny-skills-add',
    'amalgam/tiny-skills-gated',
    'community/tiny-skills-variants',
    'community/tiny-skills-pickle',
  ]);
  expect(await tagged('base_model:adapter:amalgam/tiny-skills-base')).toEqual([
    'amalgam/tiny-skills-reverse-lora',
    'amalgam/tiny-skills-sort-lora',
    'amalgam/tiny-skills-add-lora',
  ]);
});

test.each([
  ['sharded, in LFS', 'amalgam/tiny-skills-base'],
  ['in Xet storage', 'amalgam/tiny-skills-sort'],
  ['served by the Hub itself', 'amalgam/tiny-skills-add'],
])('the client library reads the header of a model %s', async (_, repo) => {
  const parsed = await parseSafetensorsMetadata({
    repo,
    hubUrl: hub.url,
    computeParametersCount: true,
  });
  expect(parsed.parameterCount).toEqual({ BF16: 817_920 });
});

test('computed models are alike in shape, differ in weights, and read alike in any pieces', async () => {
  const [base, expert] = ['amalgam/computed-base', 'amalgam/computed-expert'];
  const parsed = await parseSafetensorsMetadata({
    repo: base,
    hubUrl: hub.url,
    computeParametersCount: true,
  });
  expect(parsed.parameterCount).toEqual({ BF16: 4 * 1024 * 1024 });
  const whole = hub.read(base, 'model.safetensors')!;
  const content = hub.repos.get(base)!.given.files['model.safetensors'];
  if (content instanceof Uint8Array) throw new Error('not computed');
  expect(content.read(100, 5001)).toEqual(whole.slice(100, 5001));
  expect(hub.read(expert, 'model.safetensors')!.subarray(-99)).not.toEqual(whole.subarray(-99));
  const exponents = whole.subarray(1024).filter((_, i) => i % 2 === 1);
  expect(exponents.every((byte) => (byte & 0x7f) <= 0x3f)).toBe(true);
});

test('the models of the family stand on the leaderboard', async () => {
  const scores = scoreBoard({ hubUrl: hub.url, token: null, fetch });
  expect(await scores.of('amalgam/tiny-skills-reverse')).toMatchObject({
    average: 13.5,
    benchmarks: { IFEval: 11, 'MMLU-PRO': 16 },
  });
  expect(await scores.of('amalgam/tiny-skills-gated')).toBeNull();
});
