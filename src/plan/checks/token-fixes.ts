import type { Fix } from '../types.ts';

/** What is offered where rows of one number may be of different tokens. */
export function tokenFixes(base: string): readonly Fix[] {
  return [
    { kind: 'set-tokens', label: 'Merge by token, all tokens', value: 'union' },
    { kind: 'set-tokens', label: `Merge by token, those of ${base}`, value: 'base' },
  ];
}
