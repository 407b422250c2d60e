/**
 * How much memory a merge takes: as models grow, and where three tensors alone are larger than the budget.
 * The models are one stored tile over and over, so that four of 6 GB need no 24 GB of disk.
 */
import { withFamily } from './family-page.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from './part.ts';
import { parametersOf, type Shape, tiles } from './synthetic.ts';

const mebi = 2 ** 20;
const large: Shape = { kind: 'equal', tensors: 3, elements: 100_000_000, dtype: 'BF16' };

/** Ever more tensors of one size. */
const growing = [
  { millions: 34, tensors: 8 },
  { millions: 302, tensors: 72 },
  { millions: 3020, tensors: 720 },
];
const budgets = [256 * mebi, 1024 * mebi];

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const flat: Row[] = [];
  const bounded: Row[] = [];
  const most = numberFlag(surroundings, 'most', Number.POSITIVE_INFINITY);
  for (const { tensors } of growing.filter(({ millions }) => millions <= most)) {
    flat.push(await measureShape(surroundings, tiles(tensors), 2 ** 30));
  }
  for (const budget of budgets) bounded.push(await measureShape(surroundings, large, budget));
  return [
    { title: 'Memory as models grow: TIES of three and a base, in tensors of 4 Mi', rows: flat },
    { title: 'Memory where tensors are large: TIES of three and a base', rows: bounded },
  ];
}

async function measureShape(
  surroundings: Surroundings,
  shape: Shape,
  memoryBudget: number,
): Promise<Row> {
  const family = { shape, experts: 3, hasBase: true, stored: 'one tile' } as const;
  const patience = 60 * numberFlag(surroundings, 'minutes', 3);
  const order = { method: 'ties', backend: 'cpu', memoryBudget, patience } as const;
  return withFamily(surroundings, family, async (page) => {
    const { result, memoryAdded } = await page.merge(order);
    return {
      tensors: shape.tensors,
      'M parameters': Math.round(parametersOf(shape) / 1e6),
      'MB read once': Math.round((4 * 2 * parametersOf(shape)) / 1e6),
      'budget MiB': memoryBudget / mebi,
      'memory added MiB': Math.round(memoryAdded),
      'of the budget': `${Math.round((100 * memoryAdded * mebi) / memoryBudget)} %`,
      seconds: rounded(result.seconds),
      'done when it ended': `${Math.round(100 * result.done)} %`,
    };
  });
}
