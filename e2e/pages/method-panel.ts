import type { Locator, Page } from '@playwright/test';
import { regionOf } from './region.ts';

/** Method, parameters, exact behaviour, layer rules and output, on the right. */
export class MethodPanel {
  readonly region: Locator;

  constructor(page: Page) {
    this.region = regionOf(page, 'Method');
  }

  card(title: string): Locator {
    // The card's text goes on with the summary, and DELLA is the beginning of more than one.
    const name = this.region.page().getByText(title, { exact: true });
    return this.region.locator('label').filter({ has: name }).getByRole('radio');
  }

  get search(): Locator {
    return this.region.getByRole('searchbox', { name: 'Search methods' });
  }

  /** By its name in the search, since families fold. */
  async choose(title: string): Promise<void> {
    await this.search.fill(title);
    await this.card(title).check({ force: true });
    await this.search.fill('');
  }

  field(parameter: string): Locator {
    return this.region.getByRole('textbox', { name: parameter, exact: true });
  }

  async setField(parameter: string, value: string): Promise<void> {
    await this.field(parameter).fill(value);
    await this.field(parameter).blur();
  }

  /** Opens one of the folded parts: "Exact behaviour", "Layer rules", "Output". */
  async unfold(title: string): Promise<void> {
    const summary = this.region.page().locator('summary').filter({ hasText: title });
    const part = this.region.locator('details').filter({ has: summary });
    if ((await part.getAttribute('open')) === null) await part.locator('summary').first().click();
  }

  radio(group: string, name: string): Locator {
    return this.region.getByRole('group', { name: group, exact: true }).getByRole('radio', {
      name,
      exact: true,
    });
  }

  async setDialect(name: 'Paper' | 'PEFT' | 'mergekit'): Promise<void> {
    await this.unfold('Exact behaviour');
    await this.radio('Dialect', name).check({ force: true });
  }
}
