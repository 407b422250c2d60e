import type { Locator, Page } from '@playwright/test';

/** A numbered part of the page. On a narrow screen its heading is hidden and the number is in the name. */
export const regionOf = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: new RegExp(`^(\\d )?${name}$`) });
