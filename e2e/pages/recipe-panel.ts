import type { Locator, Page } from '@playwright/test';
import { regionOf } from './region.ts';

/** The models on the left. */
export class RecipePanel {
  readonly region: Locator;

  constructor(private readonly page: Page) {
    this.region = regionOf(page, 'Recipe');
  }

  base(name: string): Locator {
    return this.region.getByRole('article', { name: `Base, ${name}`, exact: true });
  }

  expert(name: string): Locator {
    return this.region.getByRole('article', { name: `Expert, ${name}`, exact: true });
  }

  /** The names on the cards of the experts, from the top. */
  get experts(): Locator {
    return this.region.getByRole('list', { name: 'Experts' }).getByRole('heading', { level: 4 });
  }

  field(expert: string, parameter: string): Locator {
    return this.region.getByRole('textbox', { name: `${expert}, ${parameter}`, exact: true });
  }

  async setField(expert: string, parameter: string, value: string): Promise<void> {
    await this.field(expert, parameter).fill(value);
    await this.field(expert, parameter).blur();
  }

  async chooseOption(model: string, option: string): Promise<void> {
    await this.region.getByRole('button', { name: `Options of ${model}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: option }).click();
  }

  async remove(expert: string): Promise<void> {
    await this.chooseOption(expert, 'Remove');
  }

  /** An entry of the menu under the experts: "Files…", "A folder…", a model's name. */
  async add(entry: string | RegExp): Promise<void> {
    await this.region.getByRole('button', { name: 'Add expert' }).click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }
}
