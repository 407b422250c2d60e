import type { Keep, Profile, RankRule, Rule } from './recipe.ts';

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

/** "rank 8", "the ranks that keep 95 % of the energy, at most 64". */
export function rankText(rule: RankRule | null): string {
  if (rule === null) return 'the ranks of its parents together';
  switch (rule.kind) {
    case 'rank': {
      const { rank, convolutions } = rule;
      const other =
        convolutions === null || convolutions === rank ? '' : `, ${convolutions} of convolutions`;
      return `rank ${rank}${other}`;
    }
    case 'energy':
      return `the ranks that keep ${percent(rule.share)} of the energy, at most ${rule.most}`;
    case 'sv_cumulative':
      return `the ranks that keep ${percent(rule.share)} of the sum of singular values, at most ${rule.most}`;
    case 'sv_fro':
      return `the ranks that keep ${percent(rule.share)} of the Frobenius norm, at most ${rule.most}`;
    case 'sv_ratio':
      return `the ranks that keep singular values above 1/${rule.ratio} of the largest, at most ${rule.most}`;
    default:
      return rule satisfies never;
  }
}

const percent = (share: number) => `${Number((100 * share).toPrecision(6))} %`;

/** What the page calls a profile. */
export const profileNames: Readonly<Record<Profile, string>> = {
  corrected: 'corrected',
  'peft 0.20': 'PEFT ≤ 0.20',
  'peft 0.21': 'PEFT ≥ 0.21',
  'sd-scripts': 'sd-scripts',
};
