/** Which module of an adapter meets which tensor of the base, and with what: shown before anything runs. */

import type { Adapter } from '../formats/update.ts';
import { whyText } from '../lora/pair/pairing.ts';
import type { Adapted } from './adapted.ts';
import type { Participants } from './participants.ts';
import type { AdapterMatch, MatchRow } from './types.ts';

/** How each adapter meets the base, in numbers. */
export function matchesOf({ experts }: Participants): readonly AdapterMatch[] {
  return experts.flatMap(({ model, ref, adapted }) => {
    const { adapter } = model;
    if (!adapter || !adapted) return [];
    const { pairs, saved, unmatched } = adapted.pairing;
    return {
      ...{ model: ref.id, name: model.name, dialect: adapter.dialect },
      base: adapter.base?.name ?? null,
      matched: pairs.length + saved.length,
      unmatched: unmatched.length,
    };
  });
}

/** Module by module, of one adapter; what meets nothing comes first. */
export function matchRows({ pairing }: Adapted, { updates }: Adapter): readonly MatchRow[] {
  const dtypes = new Map(updates.map((one) => [one.module, one.inputs[0]?.dtype ?? '']));
  const nothing = { type: '', rank: null, alpha: null, scale: null };
  return [
    ...pairing.unmatched.map(({ module, why }) => ({
      ...{ module, tensor: null, ...nothing },
      ...{ dtype: dtypes.get(module) ?? '', why: whyText(why) },
    })),
    ...pairing.pairs.map(({ updates: own, tensor, type, rank, alpha, scale, inputs }) => ({
      module: own.map(({ module }) => module).join(', '),
      ...{ tensor, type, rank, alpha, scale },
      ...{ dtype: inputs[0]?.dtype ?? '', why: null },
    })),
    ...pairing.saved.map(({ tensor, saved }) => ({
      ...{ module: saved.name, tensor, ...nothing, type: 'saved' },
      ...{ dtype: saved.dtype, why: null },
    })),
  ];
}
