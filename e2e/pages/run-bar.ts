import type { Locator, Page } from '@playwright/test';
import { regionOf } from './region.ts';

/** Where it runs, what it would do, and the button. */
export class RunBar {
  readonly region: Locator;
  readonly merge: Locator;
  readonly cancel: Locator;
  /** "38 tensors, reads …", or what stands in the way. */
  readonly outlook: Locator;

  constructor(page: Page) {
    this.region = regionOf(page, 'Merge');
    this.merge = this.region.getByRole('button', { name: /^(?:Merge|Convert)$/ });
    this.cancel = this.region.getByRole('button', { name: 'Cancel', exact: true });
    this.outlook = this.region.locator('.run-outlook');
  }

  async choose(backend: 'Auto' | 'WebGPU' | 'CPU'): Promise<void> {
    await this.region.getByRole('radio', { name: backend, exact: true }).check({ force: true });
  }

  get device(): Locator {
    return this.region.locator('.run-device-text');
  }
}
