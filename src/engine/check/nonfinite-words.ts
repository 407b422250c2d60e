import type { Job, Plan } from '../../plan/types.ts';
import type { NonFinite } from './nonfinite.ts';
import type { Origin } from './origin.ts';

/** NaN and infinity of an output tensor in a sentence: how many, and whether the input had them. */
export function nonFiniteWords(
  { tensor, parts }: Job,
  found: NonFinite,
  origins: readonly Origin[],
  names: Plan['names'],
): string {
  const holds = `${tensor} holds ${amount(found)}`;
  if (parts.every((part) => part.kind === 'copy')) {
    const [first, ...others] = new Set(parts.map(({ span }) => names[span.model]));
    const from = [first, ...others].join(' and ');
    return `${holds}, as ${from} does, which it was copied from`;
  }
  if (origins.length === 0) return `${holds}, though none of its inputs does`;
  const sources = origins.map(({ model, found: had }) => `${names[model]} (${counts(had)})`);
  return `${holds}; the input had them: ${sources.join(', ')}`;
}

function amount(found: NonFinite): string {
  return `${counts(found)} ${found.nan + found.infinite === 1 ? 'value' : 'values'}`;
}

function counts({ nan, infinite }: NonFinite): string {
  const words = [
    nan > 0 ? `${number(nan)} NaN` : '',
    infinite > 0 ? `${number(infinite)} infinite` : '',
  ];
  return words.filter(Boolean).join(' and ');
}

const number = (value: number) => value.toLocaleString('en-US');
