/** How many labels config.json states, and how many rows the classifier has. */
import type { Claim, Scope } from './scope.ts';
import { commonLength, notLoaded } from './sizes.ts';

const CLASSIFIES = /For(?:Sequence|Token|Image)Classification$/;
const HEAD =
  /(?:^|\.)(?:classifier|score|logits_proj|(?:classifier|classification_head)\.out_proj)\.weight$/;

/** transformers makes two labels where none are stated. */
const DEFAULT = 2;

export function labelClaims({ config, path, tensors }: Scope): readonly Claim[] {
  const { architectures, id2label, num_labels } = config;
  const classifies =
    path.length === 0 && Array.isArray(architectures) && CLASSIFIES.test(String(architectures[0]));
  const heads = tensors.filter(({ name, shape }) => HEAD.test(name) && shape.length === 2);
  const rows = commonLength(heads, 0);
  if (!classifies || rows === null) return [];
  const names = typeof id2label === 'object' && id2label ? Object.keys(id2label).length : null;
  const stated = typeof num_labels === 'number' ? num_labels : null;
  // Version 4 goes by the names, version 5 by the number; old files have both, and one of them right.
  if ([names ?? stated ?? DEFAULT, stated].includes(rows)) return [];
  const says =
    names !== null
      ? `id2label for ${names} labels`
      : stated !== null
        ? `num_labels ${stated}`
        : `nothing of labels, which means ${DEFAULT}`;
  return [
    {
      field: names === null ? 'num_labels' : 'id2label',
      says,
      found: `${heads[0].name} has ${rows} rows`,
      effect: notLoaded,
      tensor: heads[0].name,
      edits: names === null ? [{ path: ['num_labels'], value: rows }] : [],
    },
  ];
}
