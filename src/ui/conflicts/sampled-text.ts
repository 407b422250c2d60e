import type { SampleErrors } from '../../views/pair-errors.ts';
import { counted, parameters } from '../kit/format.ts';
import { percent } from './metrics.ts';

type Sampled = {
  readonly elements: number;
  readonly sampled: number;
  readonly tensorsMerged: number;
  readonly tensorsSampled: number;
};

/** "1.4 M of 1.1 B elements", and where not all tensors were looked at, "in 2,048 of 50,000 tensors". */
export function sampledText({ elements, sampled, tensorsMerged, tensorsSampled }: Sampled): string {
  const text = `${parameters(sampled)} of ${parameters(Math.round(elements))} elements`;
  if (tensorsSampled >= tensorsMerged) return text;
  return `${text}, in ${tensorsSampled.toLocaleString('en')} of ${counted(tensorsMerged, 'tensor')}`;
}

/** "; cosines are right within ± 0.012 and lengths within ± 1.3 %, 19 times in 20", as far as the sample tells. */
export function errorsText({ cosine, length }: SampleErrors, lengths: string): string {
  if (cosine === null || length === null) return '';
  const ofCosines = cosine > 0 ? `cosines are right within ± ${shortError(2 * cosine)} and ` : '';
  return `; of the whole model ${ofCosines}${lengths} within ± ${percent(2 * length)}, 19 times in 20`;
}

const shortError = (value: number) => Number(value.toPrecision(1)).toString();
