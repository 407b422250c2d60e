import { expect, type Locator, type Page } from '@playwright/test';

/** The dialog that finds models on the Hub. */
export class HubDialog {
  readonly box: Locator;
  readonly search: Locator;
  readonly results: Locator;
  readonly token: Locator;

  constructor(private readonly page: Page) {
    this.box = page.getByRole('dialog', { name: 'Find on Hugging Face' });
    this.search = this.box.getByRole('searchbox');
    this.results = this.box.getByRole('listbox', { name: 'Models found' }).getByRole('option');
    this.token = page.getByLabel(/access token/i);
  }

  async open(): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await expect(this.search).toBeFocused();
  }

  result(repo: string): Locator {
    return this.results.filter({ hasText: new RegExp(`^${repo}(?![\\w-])|^${repo}818`) });
  }

  /** What is shown of one repo. */
  repo(name: string): Locator {
    return this.box.getByRole('region', { name, exact: true });
  }

  button(name: string): Locator {
    return this.box.getByRole('button', { name, exact: true });
  }

  /** Opens the dialog, types the address of a repo and takes its weights. */
  async add(repo: string, role: 'Use as base' | 'Add as expert', weights?: string): Promise<void> {
    await this.open();
    await this.search.fill(repo);
    const shown = this.repo(repo.replace(/@.*/, ''));
    if (weights) await shown.getByRole('radio', { name: weights }).check();
    await shown.getByRole('button', { name: role }).click();
    await expect(this.box).toHaveCount(0);
  }

  /** Signs in with a token; the dialog, this one or Publish, must be open. */
  async signIn(token: string, keep = false): Promise<void> {
    const dialog = this.page.getByRole('dialog');
    if (!(await this.token.isVisible())) {
      await dialog.getByText('Sign in', { exact: true }).first().click();
    }
    await this.token.fill(token);
    if (keep) await dialog.getByRole('checkbox', { name: /Keep it in this tab/ }).check();
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  }
}
