import { expect } from 'vitest';
import { dispatchOnGpu } from '../../testing/dispatch-gpu.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { numbers } from '../../testing/lowrank-gpu.ts';
import { conflictCounter } from '../cpu/conflict.ts';
import {
  type Band,
  bandFields,
  countConstants,
  LANES,
  pairFields,
  pairSums,
  planeLength,
  sumsOf,
  type Vote,
} from '../shaders/conflict.ts';
import { type countKinds, type Fields, pack, THREADS } from '../shaders/structs.ts';
import { Pipelines } from './pipelines.ts';

const votes: readonly Vote[] = [
  { by: 'total', sees: 'weighted', even: 'drop' },
  { by: 'frequency', sees: 'unweighted', even: 'plus' },
];

type Case = { readonly band: Band; readonly models: number };

const cases: readonly Case[] = [
  { band: { rows: 1, width: 1, tiles: 1 }, models: 1 },
  { band: { rows: 3, width: 5, tiles: 7 }, models: 2 },
  { band: { rows: 1, width: 67, tiles: 16 }, models: 3 },
  // More groups than a workgroup has threads.
  { band: { rows: 2, width: 2, tiles: 300 }, models: 2 },
];

async function countedOnGpu(
  device: GPUDevice,
  { kind, vote, models }: { kind: (typeof countKinds)[number]; vote: Vote; models: number },
  fields: Fields<'Band'>,
  planes: Float32Array<ArrayBuffer>,
  weights: Float32Array<ArrayBuffer>,
) {
  const constants = countConstants(kind, models, vote);
  const pipeline = await Pipelines.of(device).get({ shader: 'conflict', constants, unroll: false });
  const layers = kind === 'PAIRS' ? models * models : 1;
  const made = 16 * layers * fields.groups * sumsOf(kind, models);
  const sizes = { made, workgroups: Math.ceil(fields.groups / THREADS), layers };
  const given = [pack('Band', [fields]), planes, weights] as const;
  const { output, met } = await dispatchOnGpu(device, pipeline, given, sizes);
  return { sums: new Float32Array(output), met };
}

for (const vote of votes) {
  gpuTest(
    `conflicts by ${vote.by} are the CPU’s, bit for bit where sums are exact`,
    async (device) => {
      // Every number of models is compiled anew, which takes a software driver seconds.
      for (const { band, models } of vote.by === 'total' ? cases : cases.slice(1, 2)) {
        const length = planeLength(band);
        const planes = numbers(1, length * models, true);
        planes.forEach((_, i) => {
          if (i % 3 === 0) planes[i] = 0;
        });
        const weights = Float32Array.from({ length: models }, (_, k) => (k % 2 ? -0.5 : 1));
        const counter = (await conflictCounter(models, vote))!;
        for (const [k, room] of counter.room(band).entries()) {
          room.set(planes.subarray(k * length, (k + 1) * length));
        }
        const wanted = counter.count(weights)!;

        const ask = { vote, models };
        const fields = bandFields(band);
        const { sums, met } = await countedOnGpu(
          device,
          { kind: 'ELEMENTS', ...ask },
          fields,
          planes,
          weights,
        );
        expect(met).toBe(0);
        const per = LANES * sumsOf('ELEMENTS', models);
        // The largest share of an element is a quotient, which a GPU may round otherwise.
        const isQuotient = (i: number) => Math.floor((i % per) / LANES) === 5;
        for (const [i, sum] of sums.entries()) {
          if (isQuotient(i)) expect(sum).toBeCloseTo(wanted.elements[i], 6);
          else expect(sum, `sum ${i}`).toBe(wanted.elements[i]);
        }
        expect(Math.max(...sums)).toBeGreaterThan(0);

        const longer = pairFields(band);
        const pairs = await countedOnGpu(
          device,
          { kind: 'PAIRS', ...ask },
          longer,
          planes,
          weights,
        );
        const each = LANES * longer.groups * pairSums.length;
        let pair = 0;
        for (let a = 0; a < models; a++) {
          for (let b = a + 1; b < models; b++) {
            const own = pairs.sums.subarray((a * models + b) * each, (a * models + b + 1) * each);
            const totals = pairSums.map((_, s) =>
              own.reduce(
                (sum, value, i) =>
                  Math.floor(i / LANES) % pairSums.length === s ? sum + value : sum,
                0,
              ),
            );
            expect(totals).toEqual(wanted.pairs[pair++]);
          }
        }
      }
    },
  );
}

gpuTest('conflicts tell of infinity', async (device) => {
  const band = { rows: 1, width: 2, tiles: 4 };
  const planes = new Float32Array(8).fill(1);
  planes[5] = Infinity;
  const ask = { kind: 'ELEMENTS', vote: votes[0], models: 1 } as const;
  const { met } = await countedOnGpu(device, ask, bandFields(band), planes, Float32Array.of(1));
  expect(met).toBe(1);
});
