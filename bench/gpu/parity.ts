/** The numbers of this GPU against the definition, as the tests compare them, and counted. */
import { dialects } from '../../src/methods/dialect.ts';
import { methods } from '../../src/methods/registry.ts';
import { type FloatDtype, floatDtypes } from '../../src/numerics/dtype.ts';
import { comparison, type Sample } from '../../src/testing/comparison.ts';
import { randomNumbers } from '../../src/testing/samples.ts';
import type { Row, Table } from '../part.ts';

/** Elements, a round each: the telling ones first, since time may run out. */
const SIZES = [4097, 1000, 70_001, 0, 1, 2, 3, 7, 8, 9, 15, 17, 31, 33, 63, 65, 255, 257, 200_003];
/** Samples at once: programs are compiled side by side. */
const LANES = 6;
const MOST_TOLD = 10;

type Layout = readonly [string, (plane: number) => FloatDtype, FloatDtype];

/** Dtypes of the planes and of the output: each alone, and planes that differ. */
const layouts: readonly Layout[] = [
  ...floatDtypes.map((dtype) => [dtype, () => dtype, dtype] as const),
  ['mixed', (plane) => floatDtypes[(plane * 5 + 2) % floatDtypes.length], 'BF16'],
];

type Count = {
  samples: number;
  elements: number;
  differing: number;
  'left to the CPU': number;
  failures: number;
};

type Planned = { readonly sample: Sample; readonly counted: readonly Count[] };

/** Rounds over all methods, dialects and dtypes until `minutes` are over; at least one. */
export async function* measureParity(
  device: GPUDevice,
  minutes: number,
  dividesExactly: boolean,
): AsyncGenerator<Table, void> {
  const ends = performance.now() + 60_000 * minutes;
  const byMethod = new Map<string, Count>();
  const byDtype = new Map<string, Count>();
  const told: string[] = [];
  let rounds = 0;
  for (const [round, elementCount] of SIZES.entries()) {
    if (round > 0 && performance.now() > ends) break;
    const waiting = plan(round, elementCount, byMethod, byDtype, dividesExactly);
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        if (round > 0 && performance.now() > ends) return;
        const failure = await count(device, next);
        if (failure !== null && told.length < MOST_TOLD) told.push(failure.slice(0, 400));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    rounds++;
  }
  const rows = (counts: ReadonlyMap<string, Count>, key: string): Row[] =>
    [...counts].map(([name, one]) => ({ [key]: name, ...one }));
  const remarks = [
    `${rounds} rounds of ${SIZES.length}, sizes ${SIZES.slice(0, rounds)}.`,
    ...told,
  ];
  yield { title: 'Against the definition, by method', rows: rows(byMethod, 'method') };
  yield { title: 'Against the definition, by dtype', rows: rows(byDtype, 'dtype'), remarks };
}

function plan(
  round: number,
  elementCount: number,
  byMethod: Map<string, Count>,
  byDtype: Map<string, Count>,
  dividesExactly: boolean,
): Planned[] {
  return methods.flatMap((method, m) =>
    dialects.flatMap((dialect, d) =>
      layouts.map(([layout, dtypeOf, output], l): Planned => {
        const sample = {
          random: randomNumbers(((round * 31 + m) * 31 + d) * 31 + l),
          ...{ method, dialect, choices: {}, dtypeOf, output, elementCount, dividesExactly },
          models: Math.min(3, method.arity.models[1]),
          regime: (round + m + d + l) % 2 === 0 ? 'dyadic' : 'random',
        } as const;
        const counted = [counter(byMethod, `${method.id}, ${dialect}`), counter(byDtype, layout)];
        return { sample, counted };
      }),
    ),
  );
}

function counter(counts: Map<string, Count>, name: string): Count {
  let found = counts.get(name);
  if (!found) {
    found = { samples: 0, elements: 0, differing: 0, 'left to the CPU': 0, failures: 0 };
    counts.set(name, found);
  }
  return found;
}

/** Why the sample failed, or null. */
async function count(device: GPUDevice, { sample, counted }: Planned): Promise<string | null> {
  const { outcome, different, failure } = await comparison(device, sample).catch((error) => ({
    outcome: 'compared' as const,
    different: 0,
    failure: `${sample.method.id}, ${sample.dialect}, ${sample.output}: ${error}`,
  }));
  for (const one of counted) {
    one.samples++;
    one.differing += different;
    if (outcome === 'left') one['left to the CPU']++;
    else one.elements += sample.elementCount;
    if (failure !== null) one.failures++;
  }
  return failure;
}
