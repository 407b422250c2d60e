import { bf16 } from '../src/testing/model-file.ts';
import { weightsOnly } from './fixtures/model-folder.ts';
import { expect, test } from './fixtures/test.ts';
import type { Workbench } from './pages/workbench.ts';

/** A mixture of experts: `count` tiny tensors in 48 layers. */
function manyTensors(count: number, shift: number) {
  const tiny = bf16(
    [2, 2],
    [1, 2, 3, 4].map((value) => value + shift),
  );
  const named = Array.from({ length: count }, (_, i) => [
    `model.layers.${i % 48}.mlp.experts.${Math.floor(i / 48)}.up_proj.weight`,
    tiny,
  ]);
  return weightsOnly(Object.fromEntries(named));
}

async function open(workbench: Workbench, count: number, write: Write): Promise<void> {
  await workbench.open();
  const [base, expert] = [manyTensors(count, 0), manyTensors(count, 1)];
  await workbench.drop(await write({ 'many-base': base, 'many-expert': expert }));
  await expect(workbench.run.outlook).toContainText(`${count.toLocaleString('en')} tensors`, {
    timeout: 60_000,
  });
}

type Write = (folders: Record<string, ReturnType<typeof weightsOnly>>) => Promise<string[]>;

const nodes = ({ page }: Workbench) => page.locator('*').count();

test('shows and filters a table of 50,000 tensors at the cost of a screenful', async ({
  workbench,
  onDisk,
}) => {
  await open(workbench, 50_000, onDisk);
  await workbench.showTab('Method');
  const { table, filter } = workbench.tensors;
  await workbench.showTab('Tensors');
  // The aim is 0.3 s, and 0.1 s a letter; the rest is for crowded machines. Every row drawn took a minute.
  await expect(table).toHaveAttribute('aria-rowcount', '50001', { timeout: 5_000 });
  expect(await table.getByRole('row').count()).toBeLessThan(60);
  expect(await nodes(workbench)).toBeLessThan(2_000);

  const began = Date.now();
  await filter.pressSequentially('experts.1000.');
  await expect(table).toHaveAttribute('aria-rowcount', '49', { timeout: 5_000 });
  expect(Date.now() - began).toBeLessThan(10_000);
  await filter.fill('experts.1000. layer47');
  await expect(table.getByRole('row').nth(1)).toContainText('layers.47.mlp.experts.1000.');
});

test('merges 3,001 tensors into a picture of a few hundred cells', async ({
  workbench,
  onDisk,
}) => {
  await open(workbench, 3_001, onDisk);
  await workbench.merge();
  const picture = workbench.result.panel.getByRole('img', { name: /tensors written/ });
  await expect(picture).toHaveAccessibleName('3001 of 3001 tensors written, 0 with remarks');
  expect(await picture.locator('[title]').count()).toBeLessThanOrEqual(800);
  // 63 tensors of layer 0 in 16 cells: 0–2, 3–6, …
  await expect(picture.locator('[title]').first()).toHaveAttribute(
    'title',
    'Layer 0, 1–3 of 63 tensors: 3 of 3 merged, 3 changed',
  );
  expect(await nodes(workbench)).toBeLessThan(3_000);
});
