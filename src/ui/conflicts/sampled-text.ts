import { counted, parameters } from '../kit/format.ts';

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
