/** Two small models, an engine in memory that has them open, and what a merge of them takes. */
import { onTestFinished } from 'vitest';
import type { Handle } from '../engine/protocol.ts';
import type { Surroundings } from '../engine/serve.ts';
import { enginePair, memorySurroundings } from './engine-pair.ts';
import { mergeRun } from './merge-run.ts';
import { f32, modelFile } from './model-file.ts';

export const models = {
  a: { v: f32([3], [1, 2, 3]), w: f32([2], [0, 4]) },
  b: { v: f32([3], [3, 2, 1]), w: f32([2], [2, 2]) },
};
export const destination = { kind: 'opfs', folder: 'merged' } as const;
export const runOptions = { backend: 'auto', memoryBudget: 2 ** 28 } as const;

const files = new Map(Object.entries(models).map(([id, tensors]) => [id, modelFile(tensors)]));

export function handlesOf(id: string): readonly Handle[] {
  return [{ kind: 'url', path: 'model.safetensors', url: id, size: files.get(id)!.length }];
}

/** A page and its engine with both open, until the test is over, what merges them and its plan. */
export async function started(
  over: Partial<Surroundings> = {},
  options: Parameters<typeof enginePair>[1] = {},
) {
  const pair = enginePair(memorySurroundings(files, over), options);
  onTestFinished(() => pair.close());
  for (const id of ['a', 'b']) await pair.client.open(id, id, handlesOf(id));
  const { order, plan } = await mergeRun({ models });
  return { ...pair, order, plan };
}
