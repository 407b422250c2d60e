import type { Locator, Page } from '@playwright/test';

/** The table of all tensors of the output. */
export class TensorsTab {
  readonly table: Locator;
  readonly filter: Locator;

  constructor(page: Page) {
    this.table = page.getByRole('region', { name: 'Tensor table' }).getByRole('table');
    this.filter = page.getByRole('searchbox', { name: 'Filter tensors' });
  }

  /** One tensor's row: name, group and layer, shape, dtype, what happens, parameters. */
  row(tensor: string): Locator {
    return this.table.getByRole('row').filter({ hasText: tensor });
  }

  parameters(tensor: string): Locator {
    return this.row(tensor).getByRole('cell').last();
  }
}
