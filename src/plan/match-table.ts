/** Which module of an adapter meets which tensor of the base, and with what: shown before anything runs. */
import { whyText } from '../lora/pair/pairing.ts';
import type { Participants } from './participants.ts';
import type { AdapterMatch, MatchRow } from './types.ts';

/** Rows of one adapter that a page is given; of larger ones the Tensors tab shows every tensor. */
export const MOST_ROWS = 500;

export function matchTable({ experts }: Participants): readonly AdapterMatch[] {
  return experts.flatMap(({ model, ref, adapted }) => {
    const { adapter } = model;
    if (!adapter || !adapted) return [];
    const { pairs, saved, unmatched } = adapted.pairing;
    const dtypes = new Map(adapter.updates.map((one) => [one.module, one.inputs[0]?.dtype ?? '']));
    const rows: MatchRow[] = [
      ...unmatched.map(({ module, why: reason }) => ({
        ...{ module, tensor: null, type: '', rank: null, alpha: null, scale: null },
        ...{ dtype: dtypes.get(module) ?? '', why: whyText(reason) },
      })),
      ...pairs.map(({ updates, tensor, type, rank, alpha, scale, inputs }) => ({
        module: updates.map(({ module }) => module).join(', '),
        ...{ tensor, type, rank, alpha, scale },
        ...{ dtype: inputs[0]?.dtype ?? '', why: null },
      })),
      ...saved.map(({ tensor, saved: own }) => ({
        ...{ module: own.name, tensor, type: 'saved', rank: null, alpha: null, scale: null },
        ...{ dtype: own.dtype, why: null },
      })),
    ];
    return {
      model: ref.id,
      name: model.name,
      dialect: adapter.dialect,
      base: adapter.base?.name ?? null,
      matched: pairs.length + saved.length,
      unmatched: unmatched.length,
      rows: rows.slice(0, MOST_ROWS),
    };
  });
}
