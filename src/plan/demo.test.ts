import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { Model } from '../formats/model.ts';
import { openModel } from '../formats/open-model.ts';
import { methods } from '../methods/registry.ts';
import { findingsOf, planned, recipeOf } from '../testing/planning.ts';
import type { Finding } from './types.ts';

async function open(id: string): Promise<Model> {
  const folder = `public/demo/${id}`;
  const files = readdirSync(folder).map((name) => {
    const bytes = new Uint8Array(readFileSync(`${folder}/${name}`));
    const read = async (begin: number, end: number) => bytes.slice(begin, end);
    return { name: `${id}/${name}`, size: bytes.length, read };
  });
  return openModel(id, id, files);
}

let family: readonly Model[] = [];
beforeAll(async () => {
  family = await Promise.all(['base', 'reverse', 'sort', 'add'].map(open));
});

test.each(methods.map(({ id, arity }) => [id, arity] as const))(
  'the demo family plans with %s, without an error or a warning',
  (method, arity) => {
    const [base, ...experts] = family;
    const taken = experts.slice(0, arity.models[1]);
    const recipe = recipeOf(arity.base === 'required' ? base : null, taken, { method });
    // What takes matrices apart tells what that costs.
    const costs = ({ code, severity }: Finding) => code === 'decompositions' && severity === 'note';
    expect(findingsOf(recipe, family).filter((finding) => !costs(finding))).toEqual([]);
    const { jobs, files, bytesToRead } = planned(recipe, family);
    const parents = taken.length + (arity.base === 'required' ? 1 : 0);
    const weights = jobs.reduce((sum, job) => sum + job.byteLength, 0);
    expect(jobs).toHaveLength(base.tensors.size);
    expect(files).toHaveLength(1);
    expect(bytesToRead).toBe(parents * weights);
  },
);

test('the config and the tokenizer of the base come along', () => {
  const [base, ...experts] = family;
  const { sideFiles } = planned(recipeOf(base, experts), family);
  const config = sideFiles.find(({ name }) => name === 'config.json');
  const original = base.companions.find(({ name }) => name === 'config.json');
  expect(config).toEqual({ name: 'config.json', text: original?.text });
  expect(sideFiles.map(({ name }) => name)).toContain('tokenizer.json');
});
