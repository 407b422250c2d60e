import { expect, test } from 'vitest';
import { headerModel } from '../testing/model.ts';
import { planned, recipeOf, withValues } from '../testing/planning.ts';
import { bytesToRead, bytesToWrite, peakBytes } from './estimate.ts';

const MIB = 2 ** 20;
const of = (id: string, rows: number) => headerModel(id, { 'a.weight': ['BF16', [rows, 1024]] });

test('a whole-model trim reads the trimmed experts and the base once more', () => {
  const models = [of('base', 8), of('math', 8), of('code', 8)];
  const [base, math, code] = models;
  const bytes = 8 * 1024 * 2;
  const recipe = recipeOf(base, [math, code], { method: 'ties', trimScope: 'model' });
  // math is measured with the base; code keeps everything.
  const plan = planned(withValues(recipe, { density: 0.5 }, { density: 1 }), models);
  expect(bytesToRead(plan)).toBe(3 * bytes + 2 * bytes);
  expect(bytesToRead({ ...plan, wholeModelCounts: null })).toBe(3 * bytes);
});

test('side files count: texts as UTF-8, copies by their size', () => {
  const output = {
    files: [
      { name: 'model.safetensors', component: '', header: new Uint8Array(8), byteLength: 100 },
    ],
    sideFiles: [
      { name: 'README.md', text: 'λ' },
      { name: 'tokenizer.json', copy: { model: 'base', companion: 'tokenizer.json' } },
    ],
  };
  expect(bytesToWrite(output, () => 7)).toBe(100 + 2 + 7);
});

test('two jobs in flight hold their planes, a block of copies and four outputs', () => {
  const models = [of('base', 512), of('math', 512)];
  const plan = planned(recipeOf(models[0], [models[1]]), models);
  const plane = 512 * 1024 * 2;
  expect(peakBytes(plan, 1024 * MIB)).toBe(2 * (2 * plane + 2 * plane + 4 * plane));
});

test('what guides the formula takes four bytes an element and model of a block', () => {
  const models = [of('base', 512), of('math', 512), of('code', 512)];
  const [base, ...experts] = models;
  const peakOf = (density: number) => {
    const recipe = recipeOf(base, experts, { method: 'della_linear' });
    return peakBytes(planned(withValues(recipe, { density }, { density }), models), 1024 * MIB);
  };
  // DELLA ranks the changes of both models, unless it keeps all.
  expect(peakOf(0.5) - peakOf(1)).toBe(2 * (2 * 4 * 512 * 1024));
});

test('beyond the largest block only the planes grow', () => {
  const peakOf = (rows: number) => {
    const models = [of('base', rows), of('math', rows)];
    return peakBytes(planned(recipeOf(models[0], [models[1]]), models), Number.MAX_SAFE_INTEGER);
  };
  const rows = 65536;
  expect(peakOf(2 * rows) - peakOf(rows)).toBe(2 * (2 * rows * 1024 * 2));
});

test('the peak never exceeds the budget', () => {
  const models = [of('base', 65536), of('math', 65536)];
  expect(peakBytes(planned(recipeOf(models[0], [models[1]]), models), 256 * MIB)).toBe(256 * MIB);
});

test('copies take no memory', () => {
  const models = [of('base', 8), headerModel('math', { 'a.weight': ['BF16', [8, 1024]] })];
  const ids = headerModel('ids', { ids: ['I64', [4]], 'a.weight': ['BF16', [8, 1024]] });
  const plan = planned(recipeOf(ids, [models[1]]), [ids, models[1]]);
  const copies = { ...plan, jobs: plan.jobs.filter(({ tensor }) => tensor === 'ids') };
  expect(peakBytes(copies, MIB)).toBe(0);
});
