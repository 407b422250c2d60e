/**
 * What merging adapters to an adapter costs on one core: the sum of several, decomposed and cut to a rank,
 * data in memory, by the processor time of this process. A full SVD of the same sum is what it saves.
 */
import { Matrix as Oracle, SingularValueDecomposition } from 'ml-matrix';
import { concatenate } from '../src/lora/concatenate.ts';
import type { Term } from '../src/lora/factors.ts';
import { operatorOf } from '../src/lora/operator.ts';
import { approximateSvd } from '../src/lora/range-finder.ts';
import { decomposeSum, truncate } from '../src/lora/refactor.ts';
import { gaussianMatrix } from '../src/numerics/algebra/gaussian.ts';
import { transpose } from '../src/numerics/algebra/matrix.ts';
import { multiply } from '../src/numerics/algebra/product.ts';
import { measurePeft } from './against/peft.ts';
import { measureBaked } from './baked.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';

/** A module and the adapters on it, all of one rank, which is also the result's. */
type Case = {
  readonly outputs: number;
  readonly inputs: number;
  readonly adapters: number;
  readonly rank: number;
};

const large: readonly Case[] = [
  { outputs: 2048, inputs: 2048, adapters: 2, rank: 64 },
  { outputs: 2048, inputs: 2048, adapters: 2, rank: 16 },
  { outputs: 2048, inputs: 2048, adapters: 4, rank: 64 },
  { outputs: 11008, inputs: 4096, adapters: 2, rank: 16 },
];

/** The seven modules of a layer of a model of one billion parameters; it has 22 layers. */
const layer: readonly (readonly [number, number])[] = [
  [2048, 2048],
  [256, 2048],
  [256, 2048],
  [2048, 2048],
  [5632, 2048],
  [5632, 2048],
  [2048, 5632],
];
const layers = 22;

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const repeats = numberFlag(surroundings, 'repeats', 5);
  const full = numberFlag(surroundings, 'full', 512);
  return [
    {
      title: 'Adapters merged to one of the same rank, milliseconds a module on one core',
      rows: large.map((one) => measureSum(one, repeats)),
      remarks: [`Fastest and median of ${repeats}. “spectrum” is what the energy curve needs.`],
    },
    {
      title: `Two adapters on all modules of a model: ${layers} layers of ${layer.length}`,
      rows: [16, 64].map(measureModel),
    },
    {
      title: `Two adapters of rank 64 on ${full} × ${full}, and the SVD of their sum in full`,
      rows: [measureFull(full)],
      remarks: [
        'The full one is ml-matrix’s, once, the product included. --full=N for another side.',
      ],
    },
    {
      title: 'A matrix of full rank by randomised SVD, rank 64, products on the same core',
      rows: await Promise.all([1024].map(measureRandomised)),
    },
    await measureBaked(numberFlag(surroundings, 'layers', 4), numberFlag(surroundings, 'most', 16)),
    await measurePeft(),
  ];
}

function termsOf({ outputs, inputs, adapters, rank }: Case): readonly Term[] {
  return Array.from({ length: adapters }, (_, index) => ({
    b: gaussianMatrix(outputs, rank, 2 * index),
    a: gaussianMatrix(inputs, rank, 2 * index + 1),
    weight: 1 / adapters,
  }));
}

function measureSum(one: Case, repeats: number): Row {
  const terms = termsOf(one);
  const spectrum: number[] = [];
  const total: number[] = [];
  // The first turn compiles and is not counted.
  for (let repeat = -1; repeat < repeats; repeat++) {
    const began = processorTime();
    const decomposed = decomposeSum(terms);
    const between = processorTime();
    truncate(decomposed, one.rank, 'b');
    if (repeat < 0) continue;
    spectrum.push(between - began);
    total.push(processorTime() - began);
  }
  return {
    module: `${one.outputs} × ${one.inputs}`,
    adapters: `${one.adapters} of rank ${one.rank}`,
    spectrum: rounded(Math.min(...spectrum)),
    whole: rounded(Math.min(...total)),
    'its median': rounded(total.toSorted((a, b) => a - b)[repeats >> 1]),
  };
}

function measureModel(rank: number): Row {
  const modules = layer.map(([outputs, inputs]) => termsOf({ outputs, inputs, adapters: 2, rank }));
  const began = processorTime();
  for (let index = 0; index < layers; index++) {
    for (const terms of modules) truncate(decomposeSum(terms), rank, 'b');
  }
  return { rank, seconds: rounded((processorTime() - began) / 1000) };
}

function measureFull(side: number): Row {
  const one = { outputs: side, inputs: side, adapters: 2, rank: 64 };
  const terms = termsOf(one);
  const { whole } = measureSum(one, 3);
  const began = processorTime();
  const { b, a } = concatenate(terms, 'b');
  const { values } = multiply(b, transpose(a));
  const rows = Array.from({ length: side }, (_, i) =>
    Array.from({ length: side }, (_, j) => values[j * side + i]),
  );
  const { diagonal } = new SingularValueDecomposition(new Oracle(rows));
  const took = processorTime() - began;
  const { spectrum } = decomposeSum(terms);
  const apart = Math.max(...spectrum.map((value, at) => Math.abs(value - diagonal[at])));
  return {
    'from factors, ms': whole,
    'in full, ms': rounded(took),
    times: rounded(took / Number(whole)),
    'singular values apart': `${(apart / spectrum[0]).toExponential(1)} of the largest`,
  };
}

async function measureRandomised(side: number): Promise<Row> {
  const operator = operatorOf(gaussianMatrix(side, side, 3));
  const began = processorTime();
  const { kept, bound } = await approximateSvd(operator, { rank: 64 });
  return {
    side,
    seconds: rounded((processorTime() - began) / 1000),
    'energy kept': rounded(kept[63]),
    bound: rounded(bound),
  };
}

/** Milliseconds that all threads of this process have computed. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
