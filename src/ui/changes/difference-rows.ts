/** Lines of the table of what differs between two models, and as CSV. */
import { statsAt } from '../../views/changes.ts';
import type { Difference, Differs } from '../../views/difference.ts';
import { csv } from '../kit/csv.ts';
import type { By } from './group-rows.ts';

export type DifferenceRow = Differs & { readonly name: string };

export function differenceRows(by: By, difference: Difference): readonly DifferenceRow[] {
  if (by === 'group') return difference.groups;
  if (by === 'layer') return difference.layers;
  const { tensors } = difference;
  return tensors.names.map((name, i) => {
    const cosine = tensors.cosines[i];
    return { name, ...statsAt(tensors, 1, i, 0), cosine: Number.isNaN(cosine) ? null : cosine };
  });
}

const fields = ['cosine', 'nonZero', 'mean', 'median', 'most', 'norm', 'overBase'] as const;

/** Every group, layer and tensor with all its numbers, then the tensors that only one has or that do not fit. */
export function differenceCsv(difference: Difference): string {
  const { lists, whole } = difference;
  const [first, second] = difference.names;
  const head = [
    ...['of', 'name', 'cosine of the weights', 'changed', 'mean', 'median', 'max', 'L2'],
    ...['L2 over that of the first', 'note'],
  ];
  const equal = new Set(lists.equal);
  const inSample = new Set(lists.equalInSample);
  const note = (name: string) =>
    equal.has(name) ? 'equal' : inSample.has(name) ? 'equal in the sample' : '';
  const line = (of: string, row: DifferenceRow) => [
    ...[of, row.name, ...fields.map((field) => row[field])],
    of === 'tensor' ? note(row.name) : '',
  ];
  const bare = (name: string, why: string) => ['tensor', name, ...fields.map(() => null), why];
  const kinds = ['group', 'layer', 'tensor'] as const;
  return csv([
    head,
    line('model', { name: '', ...whole }),
    ...kinds.flatMap((by) => differenceRows(by, difference).map((row) => line(by, row))),
    ...lists.onlyFirst.map((name) => bare(name, `only in ${first}`)),
    ...lists.onlySecond.map((name) => bare(name, `only in ${second}`)),
    ...lists.otherShape.map((each) => bare(each.tensor, `${each.first} and ${each.second}`)),
    ...lists.notFloats.map(({ tensor, isEqual }) => bare(tensor, bytesWords(isEqual))),
  ]);
}

export function bytesWords(isEqual: boolean | null): string {
  return isEqual === null ? 'not compared' : isEqual ? 'equal' : 'different';
}
