import type { MergeMethod } from '../../methods/method.ts';
import type { Told } from '../../stores/outcomes.ts';
import { signed } from '../kit/format.ts';

type Row = { readonly method: MergeMethod; readonly told: Told | null };

/** Which method keeps the most, and which the least, of the model that it keeps least of. */
export function leastKept(rows: readonly Row[], models: readonly string[]): string {
  const all = rows.flatMap(({ method, told }) => {
    if (told === null || told === 'none') return [];
    const cosines = told.cosines.map((cosine) => cosine ?? 0);
    const cosine = Math.min(...cosines);
    return [{ method, cosine, model: models[cosines.indexOf(cosine)] }];
  });
  if (all.length === 0) return 'Looking at what each method makes of these models…';
  const by = all.toSorted((a, b) => b.cosine - a.cosine);
  const [best, worst] = [by[0], by[by.length - 1]];
  const of = ({ cosine, model }: typeof best) => `${signed(cosine)} with ${model}`;
  if (by.length === 1 || best.cosine - worst.cosine < 0.005) {
    return `No method keeps more than ${best.method.title} of the model that it keeps least of: a cosine of ${of(best)}.`;
  }
  return `Of the model that a method keeps least of, ${best.method.title} keeps the most (a cosine of ${of(best)}) and ${worst.method.title} the least (${of(worst)}).`;
}
