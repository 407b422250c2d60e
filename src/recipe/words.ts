import type { Keep, Rule } from './recipe.ts';

/** A filter in words: 'names with “q_proj”', 'the group norms', 'lm_head.weight'. */
export function filterText(filter: Keep['filter'] | Rule['filter']): string {
  switch (filter.kind) {
    case 'contains':
      return filter.text === '' ? 'all tensors' : `names with “${filter.text}”`;
    case 'group':
      return `the group ${filter.group}`;
    case 'name':
      return filter.name;
    case 'misfit':
      return 'tensors that do not fit';
    case 'task head':
      return 'the task head';
    case 'blocks':
      return 'blocks';
    default:
      return filter satisfies never;
  }
}
