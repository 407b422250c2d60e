import type { Filter } from './recipe.ts';

/** A filter in words: 'names with “q_proj”', 'the group norms'. */
export function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'contains':
      return filter.text === '' ? 'all tensors' : `names with “${filter.text}”`;
    case 'group':
      return `the group ${filter.group}`;
    default:
      return filter satisfies never;
  }
}
