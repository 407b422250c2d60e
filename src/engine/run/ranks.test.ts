import { expect, test, vi } from 'vitest';
import { programs } from '../../compute/cpu/programs.ts';
import type { RankRule } from '../../recipe/recipe.ts';
import { FakeKernelWorker } from '../../testing/fake-workers.ts';
import { f32 } from '../../testing/model-file.ts';
import {
  adapterEngine,
  diagonal,
  modelFolder,
  peftFolder,
  runOptions,
} from '../../testing/written-adapter.ts';
import { Crew } from '../crew/crew.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Two modules, with singular values 8, 4, 2, 1, ½, ¼ and 3, 3, and one that was never trained; scale ½. */
const values = [8, 4, 2, 1, 0.5, 0.25];
const adapter = peftFolder(
  {
    long: { a: diagonal(6, 8, [1, 1, 1, 1, 1, 1]), b: diagonal(7, 6, values) },
    short: { a: diagonal(6, 6, [1, 1]), b: diagonal(6, 6, [3, 3]) },
    still: { a: diagonal(6, 6, [1, 1]), b: diagonal(6, 6, []) },
  },
  { lora_alpha: 3 },
);

/** ΔW of the long module cut to `rank`: what kohya's resize makes, whose alpha is (alpha / r) · rank. */
const cut = (rank: number) => {
  const all = new Array<number>(7 * 8).fill(0);
  for (const [i, value] of values.entries()) if (i < rank) all[i * 8 + i] = value / 2;
  return all;
};

test.each<[RankRule, number, number]>([
  [{ kind: 'energy', share: 0.9, most: 64 }, 2, 2],
  [{ kind: 'energy', share: 0.75, most: 64 }, 1, 2],
  [{ kind: 'sv_cumulative', share: 0.5, most: 64 }, 2, 2],
  [{ kind: 'sv_cumulative', share: 0.9, most: 64 }, 5, 3],
  [{ kind: 'sv_cumulative', share: 0.9, most: 4 }, 4, 3],
  [{ kind: 'sv_fro', share: 0.9, most: 64 }, 3, 3],
  [{ kind: 'sv_fro', share: 0.99, most: 64 }, 4, 3],
  [{ kind: 'sv_ratio', ratio: 5, most: 64 }, 4, 3],
  [{ kind: 'sv_ratio', ratio: 20, most: 64 }, 6, 3],
])(
  'one adapter is resized by %o to ranks %i and %i, its scale preserved',
  async (rule, long, short) => {
    const { order, write } = await adapterEngine({ adapter });
    const { config, tensors, delta, progress } = await write(order({ rank: rule }));
    expect(tensors.get('base_model.model.long.lora_A.weight')!.shape).toEqual([long, 8]);
    expect(tensors.get('base_model.model.short.lora_A.weight')!.shape).toEqual([short, 6]);
    // What changes nothing is known by then, and left out.
    expect(config['target_modules']).toEqual(['long', 'short']);
    const most = Math.max(long, short);
    const odd =
      long === short ? {} : { [long < short ? '^long' : '^short']: Math.min(long, short) };
    expect(config).toMatchObject({
      r: most,
      lora_alpha: most,
      rank_pattern: odd,
      alpha_pattern: odd,
    });
    for (const [i, value] of delta('long').entries()) expect(value).toBeCloseTo(cut(long)[i], 6);
    expect(progress.map(({ phase }) => phase)).toContain('measuring');
  },
);

test('a fixed rank needs no measuring, and writes what was never trained as zeros', async () => {
  const { order, write } = await adapterEngine({ adapter });
  const rank = { kind: 'rank', rank: 2, convolutions: null } as const;
  const { tensors, delta, progress } = await write(order({ rank }));
  expect(tensors.size).toBe(6);
  for (const [i, value] of delta('long').entries()) expect(value).toBeCloseTo(cut(2)[i], 6);
  expect(delta('still').every((value) => value === 0)).toBe(true);
  expect(progress.map(({ phase }) => phase)).not.toContain('measuring');
});

test.each([null, { kind: 'energy', share: 0.9, most: 8 } as const])(
  'NaN in a factor is told with the weight that it is of (%o)',
  async (rank) => {
    const b = diagonal(6, 6, [1, Number.NaN]);
    const broken = peftFolder({ long: { a: diagonal(6, 6, [1, 1]), b } });
    const { order, write } = await adapterEngine({ broken });
    await expect(write(order({ rank }))).rejects.toThrow(/long\.weight.*NaN in row 1, column 1/);
  },
);

test('convolutions have a rank of their own', async () => {
  const wave = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i + 1));
  const mixed = peftFolder({
    conv: { a: f32([4, 3, 3, 3], wave(108)), b: f32([6, 4, 1, 1], wave(24)) },
    linear: { a: f32([4, 5], wave(20)), b: f32([6, 4], wave(24)) },
  });
  const { order, write } = await adapterEngine({ mixed });
  const { config } = await write(order({ rank: { kind: 'rank', rank: 3, convolutions: 2 } }));
  expect(config).toMatchObject({ r: 3, rank_pattern: { '^conv': 2 } });
});

test('what is not measured yet is said at its largest rank, and the energy tells the rest', async () => {
  const { client, order } = await adapterEngine({ adapter });
  const asked = order({ rank: { kind: 'energy', share: 0.9, most: 5 } });
  const ranksNow = async () => {
    const prospect = await client.plan(asked);
    return 'outlook' in prospect ? prospect.outlook.ranks : null;
  };
  const unknown = { modules: 3, least: 5, middle: 5, most: 5, convolutions: 0, areKnown: false };
  expect(await ranksNow()).toEqual(unknown);
  const energy = (await client.energy(asked, null))!;
  const ranks = { modules: 2, least: 2, middle: 2, most: 2, convolutions: 0, areKnown: true };
  expect(energy).toMatchObject({ modules: 3, known: 3, chosen: { ranks } });
  // A quarter of 85.3125 and of 18.
  expect(energy.total[0]).toBeCloseTo((64 + 9) / (85.3125 + 18), 10);
  expect(energy.chosen!.kept).toBeCloseTo((80 + 18) / (85.3125 + 18), 10);
  expect(energy.chosen!.least).toBeCloseTo(80 / 85.3125, 10);
  expect(await ranksNow()).toEqual(ranks);
});

/** What TIES makes of two adapters has full rank: it is merged to be measured. */
const two = {
  one: peftFolder({ m: { a: diagonal(2, 6, [1, 1]), b: diagonal(5, 2, [8, 4]) } }),
  other: peftFolder({
    m: { a: f32([1, 6], [0, 0, 1, 0, 0, 0]), b: f32([5, 1], [0, 0, 2, 0, 0]) },
  }),
};

test.each([false, true])(
  'a merge of full rank is measured, in kernel workers: %s',
  async (byCrew) => {
    const crew = byCrew ? new Crew(2, () => new FakeKernelWorker('works'), programs) : null;
    const { client, order, write } = await adapterEngine(two, { crew });
    const ties = { method: 'ties', values: { lambda: 1 } };
    const asked = order({ rank: { kind: 'energy', share: 0.9, most: 5 } }, ties);
    // Only a merge tells: nothing is known before, and nobody merges unasked.
    expect(await client.energy(asked, null)).toBeNull();
    const heard: number[][] = [];
    const measured = await client.energy(asked, runOptions, {
      onMeasured: (...each) => heard.push(each),
    });
    expect(heard[0]).toEqual([0, 1]);
    // Disjoint changes: 8, 4 and 2 stay as they are; 64 + 16 of 84 is enough.
    expect(measured).toMatchObject({ known: 1, chosen: { ranks: { most: 2, areKnown: true } } });
    const { delta } = await write(asked);
    const expected = new Array<number>(30).fill(0);
    [expected[0], expected[7]] = [8, 4];
    for (const [i, value] of delta('m').entries()) expect(value).toBeCloseTo(expected[i], 5);
  },
);

test('a larger rank than was measured is measured again', async () => {
  const { client, order } = await adapterEngine(two);
  const ties = { method: 'ties', values: { lambda: 1 } };
  const at = (most: number) => order({ rank: { kind: 'energy', share: 0.999, most } }, ties);
  const ranks = async (most: number) =>
    (await client.energy(at(most), runOptions))?.chosen?.ranks.most;
  expect([await ranks(1), await ranks(2), await ranks(5), await ranks(2)]).toEqual([1, 2, 3, 2]);
});

test('measuring is cancelled, and the next one begins anew', async () => {
  const { client, order } = await adapterEngine(two);
  const ties = { method: 'ties', values: { lambda: 1 } };
  const asked = order({ rank: { kind: 'energy', share: 0.9, most: 5 } }, ties);
  const stop = new AbortController();
  const under = client.energy(asked, runOptions, { signal: stop.signal });
  stop.abort();
  await expect(under).rejects.toMatchObject({ name: 'AbortError' });
  expect(await client.energy(asked, runOptions)).toMatchObject({ known: 1 });
});

test('an order for a model has no energy', async () => {
  const base = modelFolder({ 'm.weight': f32([5, 6]) });
  const { client, order } = await adapterEngine({ base, ...two });
  expect(await client.energy(order({ as: 'model' }), runOptions)).toBeNull();
});

test('one adapter that is not written at its own strength is told so', async () => {
  const { client, order } = await adapterEngine({ adapter });
  const codesAt = async (lambda: number) => {
    const prospect = await client.plan(order({}, { values: { lambda } }));
    const findings = 'outlook' in prospect ? prospect.outlook.findings : prospect.findings;
    return findings.map(({ message }) => message);
  };
  expect(await codesAt(0.5)).toContain('adapter is written at 0.5 of its strength.');
  expect((await codesAt(1)).join()).not.toContain('strength');
});
