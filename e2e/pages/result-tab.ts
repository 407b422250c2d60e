import type { Locator, Page } from '@playwright/test';

export type ListedFile = { readonly name: string; readonly sha256: string };

/** What the run made, and the proof. */
export class ResultTab {
  readonly panel: Locator;
  readonly verdict: Locator;
  /** Of the merge that is shown. */
  readonly zip: Locator;
  /** Finished merges in private storage, but the one that is shown. */
  readonly kept: Locator;

  constructor(page: Page) {
    this.panel = page.getByRole('tabpanel', { name: /^Result/ });
    this.verdict = this.panel.locator('.lead');
    this.zip = this.panel.getByRole('button', { name: 'Download all (zip)' }).first();
    this.kept = this.panel.locator('.kept').getByRole('listitem');
  }

  /** The value under a heading of the figures: "Tensors changed", "Saturated". */
  figure(name: string): Locator {
    return this.panel.locator('.figure', { hasText: name }).locator('.figure-value');
  }

  /** The small print under it. */
  note(name: string): Locator {
    return this.panel.locator('.figure', { hasText: name }).locator('.figure-note');
  }

  downloadOf(file: string): Locator {
    return this.panel.getByRole('button', { name: `Download ${file}`, exact: true });
  }

  /** Every file of the table with the checksum shown beside it. */
  async files(): Promise<readonly ListedFile[]> {
    const rows = await this.panel.getByRole('row').all();
    const cells = await Promise.all(rows.map((row) => row.getByRole('cell').allInnerTexts()));
    return cells
      .filter((texts) => texts.length >= 3)
      .map(([name, , sha256]) => ({ name: name.trim(), sha256: sha256.trim() }));
  }
}
