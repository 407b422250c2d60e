import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { axeOn } from './fixtures/axe.ts';
import { expect, test } from './fixtures/test.ts';
import { valuesOf } from './fixtures/weights.ts';

const demo = join(import.meta.dirname, '../public/demo');

/** alpha / r · B·A of every weight of a demo's adapter, in one list for each, by plain loops. */
async function updatesOf(id: string): Promise<Map<string, Float64Array>> {
  const config = JSON.parse(readFileSync(join(demo, id, 'adapter_config.json'), 'utf8'));
  const { r, lora_alpha, use_rslora } = config;
  const values = await valuesOf(readFileSync(join(demo, id, 'adapter_model.safetensors')));
  const updates = new Map<string, Float64Array>();
  for (const [name, a] of Object.entries(values)) {
    if (!name.endsWith('.lora_A.weight')) continue;
    const b = values[name.replace('lora_A', 'lora_B')];
    const [rows, columns] = [b.length / r, a.length / r];
    const full = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < r; k++) sum += b[i * r + k] * a[k * columns + j];
        full[i * columns + j] = (sum * lora_alpha) / (use_rslora ? Math.sqrt(r) : r);
      }
    }
    updates.set(name.replace('base_model.model.', '').replace('.lora_A', ''), full);
  }
  return updates;
}

type Updates = ReadonlyMap<string, Float64Array>;
const dot = (one: Float64Array, other: Float64Array) =>
  one.reduce((sum, value, at) => sum + value * other[at], 0);
const total = (one: Updates, other: Updates) =>
  [...one].reduce((sum, [name, update]) => {
    const met = other.get(name);
    return met ? sum + dot(update, met) : sum;
  }, 0);
const signed = (value: number, places: number) =>
  `${Number(value.toFixed(places)) === 0 ? '' : value < 0 ? '−' : '+'}${Math.abs(value).toFixed(places)}`;
const short = (value: number) => String(Number(value.toPrecision(3)));

test('spectra and cosines of the demo’s adapters are shown, with the right numbers', async ({
  page,
  workbench,
}) => {
  const reverse = await updatesOf('reverse-lora');
  const sort = await updatesOf('sort-lora');
  const [first, second] = [total(reverse, reverse), total(sort, sort)];
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await workbench.open();
  await workbench.recipe.add('The demo’s adapters');
  await expect(workbench.recipe.experts).toHaveText(['Reverse LoRA', 'Sort LoRA', 'Add LoRA']);
  await workbench.showTab('Checks');

  const match = page.locator('.match', { hasText: 'Sort LoRA' }).first();
  await match.locator('summary').click();
  await match.getByRole('radio', { name: 'Spectra' }).check({ force: true });
  await expect(match).toContainText(`‖ΔW‖ is ${short(Math.sqrt(second))} over all 28 weights`);
  const [name, update] = [...sort][0];
  const row = match.getByRole('row', { name });
  await expect(row.getByRole('img')).toHaveAttribute('aria-label', /^from [\d.]+ to [\d.]+$/);
  await expect(row).toContainText(short(Math.sqrt(dot(update, update))));
  await expect(row.locator('rect')).toHaveCount(8); // of rank 8

  const comparison = page.locator('.match', { hasText: 'Compare the adapters' });
  await comparison.locator('summary').click();
  const cosine = total(reverse, sort) / Math.sqrt(first * second);
  const cell = comparison.getByRole('button', { name: 'Reverse LoRA and Sort LoRA' });
  await expect(cell).toHaveText(signed(cosine, 2));
  await expect(cell).toHaveAttribute('aria-pressed', 'true');
  const both = [...reverse.keys()].filter((each) => sort.has(each));
  await expect(comparison).toContainText(`${both.length} weights in common`);
  const own = (each: string) => {
    const [one, other] = [reverse.get(each)!, sort.get(each)!];
    return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
  };
  const table = comparison.getByRole('region', { name: 'Weights that' });
  await expect(table.getByRole('row', { name: both[0] })).toContainText(signed(own(both[0]), 4));
  const grid = comparison.getByRole('table', { name: 'by depth' });
  const layer = grid
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: '2', exact: true }) });
  const kinds = await grid.getByRole('columnheader').allTextContents();
  for (const kind of ['q_proj', 'o_proj']) {
    const wanted = own(`model.layers.2.self_attn.${kind}.weight`);
    await expect(layer.getByRole('cell').nth(kinds.indexOf(kind) - 1)).toHaveText(
      signed(wanted, 2),
    );
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await axeOn(page).include('.adapters').analyze();
    expect(violations.map(({ id, nodes }) => `${id} at ${nodes[0].target}`)).toEqual([]);
  }

  // Another pair, by keyboard.
  await cell.focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(comparison.getByRole('heading')).toHaveText('Reverse LoRA and Add LoRA');
  // The page stays as wide as a telephone.
  await page.setViewportSize({ width: 390, height: 844 });
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
  ).toBeLessThanOrEqual(0);
});
