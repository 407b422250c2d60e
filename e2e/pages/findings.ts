import { expect, type Locator } from '@playwright/test';
import type { Workbench } from './workbench.ts';

export type ExpectedFinding = {
  readonly severity: 'error' | 'warning' | 'note';
  /** Part of the message, word for word. */
  readonly message: string;
  readonly advice: string;
};

/** The card in the Checks tab with this message; also checks its severity and advice. */
export async function expectFinding(
  { findings }: Workbench,
  { severity, message, advice }: ExpectedFinding,
): Promise<Locator> {
  const card = findings.filter({ hasText: message });
  await expect(card).toHaveCount(1);
  await expect(card.locator('.finding-kind')).toHaveText(new RegExp(`^${severity}`));
  await expect(card.locator('.finding-advice')).toContainText(advice);
  return card;
}
