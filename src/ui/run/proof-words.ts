import type { Survived } from '../../engine/protocol.ts';

/** Beyond it a person should know: how far the change is off its length, and how many elements stayed as they were. */
const much = { off: 0.1, elements: 0.5 };

/** What a person should know first; null where rounding did little. */
export function alarmOf({ change, elements }: Survived): string | null {
  if (change < 1 - much.off) return 'Rounding took much of what the adapters change.';
  if (change > 1 + much.off) return 'Rounding enlarged what the adapters change.';
  return elements < much.elements
    ? 'Rounding left most of the changed elements as the base has them; those changes are small.'
    : null;
}

/** "70 % of the change is left"; a change may also be larger when it is rounded. */
export function leftOf({ change }: Survived): string {
  return isLarger(change)
    ? `the change is ${share(change - 1)} larger`
    : `${share(Math.min(1, change))} of the change is left`;
}

/** What another dtype would do to the change: "keep 96 % of it". */
export function wouldDo({ change }: Survived): string {
  return isLarger(change)
    ? `make it ${share(change - 1)} larger`
    : `keep ${share(Math.min(1, change))} of it`;
}

/** To a digit that is shown. */
const isLarger = (change: number) => change >= 1.0005;

export function share(part: number): string {
  const percent = 100 * part;
  if (percent > 0 && percent < 0.1) return 'less than 0.1 %';
  return `${percent.toFixed(percent > 99.95 || percent < 10 ? 1 : 0)} %`;
}
