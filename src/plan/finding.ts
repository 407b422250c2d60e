import type { Finding } from './types.ts';

type Details = Omit<Finding, 'severity' | 'code' | 'message' | 'advice' | 'place'> & {
  readonly place?: Finding['place'];
};

/** What a check says: code, what was found, what to do, then place and the rest. */
type Say = (code: string, message: string, advice: string, details?: Details) => Finding;

const say =
  (severity: Finding['severity']): Say =>
  (code, message, advice, { place = {}, ...rest } = {}) => ({
    severity,
    code,
    message,
    advice,
    place,
    ...rest,
  });

/** Blocks the merge. */
export const error = say('error');
/** The merge can run, but the result may not be what was wanted. */
export const warning = say('warning');
/** Worth knowing. */
export const note = say('note');

const rank = { error: 0, warning: 1, note: 2 } as const;

/** Errors first, then warnings, then notes; otherwise in the order given. */
export function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}

/** "1 tensor", "3 tensors", "1,200 tensors". */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

/** The first three names, and how many more: "a, b, c and 12 more". */
export function list(names: readonly string[]): string {
  if (names.length <= 3) return names.join(', ');
  return `${names.slice(0, 3).join(', ')} and ${(names.length - 3).toLocaleString('en-US')} more`;
}

/** "34.5 %"; never 100 % or 0 % for a share that is not all or nothing. */
export function percent(part: number, whole: number): string {
  if (part === whole) return '100 %';
  if (part === 0) return '0 %';
  const share = Math.min(99.9, Math.max(0.1, (100 * part) / whole));
  return `${share.toFixed(1)} %`;
}

/** "[4096, 32000]"; a scalar is "[]". */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Items by key, in order of first appearance: many tensors become one finding. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): ReadonlyMap<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
