import { beforeEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { App } from '../../app/app.tsx';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { ModelRef } from '../../recipe/recipe.ts';
import { openModel } from '../../stores/session.ts';
import { session } from '../../stores/use-session.ts';
import { f32, modelFile } from '../../testing/model-file.ts';

/** Not a multiple of what fits on a screen. */
const count = 3001;
const nameOf = (i: number) => `model.layers.${i % 40}.mlp.w${i}.weight`;

beforeEach(async () => {
  const tiny = f32([2]);
  const tensors = Array.from({ length: count }, (_, i) => [nameOf(i), tiny] as const);
  const file = new File([modelFile(Object.fromEntries(tensors))], 'model.safetensors');
  const refs = ['base', 'expert'].map(
    (id): ModelRef => ({ id, name: id, origin: 'local', bytes: file.size }),
  );
  for (const ref of refs) {
    await openModel(session, ref, [{ kind: 'file', path: 'model.safetensors', file }]);
  }
  const [base, model] = refs;
  session.recipe.getState().restart({ ...emptyRecipe(), base, experts: [{ model, values: {} }] });
  session.view.getState().filterTensors('');
  session.view.getState().showTab('tensors');
});

/** The whole page: what bounds the table's height is around it. */
async function shown() {
  const screen = await render(<App />);
  const region = screen.getByRole('region', { name: 'Tensor table' });
  await expect.element(region.getByText(nameOf(0), { exact: true })).toBeVisible();
  const rows = () => [...document.querySelectorAll('.tensor-row')];
  const indices = () => rows().map((row) => Number(row.getAttribute('aria-rowindex')));
  return { screen, region, rows, indices };
}

test('a screenful of rows is in the document, the number of all is told', async () => {
  const { region, rows, indices } = await shown();
  expect(rows().length).toBeGreaterThan(5);
  expect(rows().length).toBeLessThan(60);
  await expect.element(region.getByRole('table')).toHaveAttribute('aria-rowcount', `${count + 1}`);
  expect(indices()).toEqual(rows().map((_, i) => i + 2));
});

test('the keyboard goes through all of them', async () => {
  const { region, rows, indices } = await shown();
  (region.element() as HTMLElement).focus();
  await userEvent.keyboard('{End}');
  await expect.poll(() => indices().at(-1)).toBe(count + 1);
  const bottom = (element: Element | undefined) => element?.getBoundingClientRect().bottom ?? 0;
  // Layout rounds to parts of a pixel.
  expect(bottom(rows().at(-1))).toBeLessThan(bottom(region.element()) + 2);
  expect(rows().length).toBeLessThan(60);
  await userEvent.keyboard('{PageUp}');
  await expect.poll(() => indices()[0]).toBeLessThan(count - 30);
  await userEvent.keyboard('{Home}');
  await expect.poll(() => indices()[0]).toBe(2);
  await userEvent.keyboard('{PageDown}');
  await expect.poll(() => region.element().scrollTop).toBeGreaterThan(100);
});

test('the filter finds a row anywhere', async () => {
  const { screen, indices } = await shown();
  await screen.getByRole('searchbox', { name: 'Filter tensors' }).fill('w2999. layer39');
  await expect.poll(indices).toEqual([2]);
  await expect.element(screen.getByText(nameOf(2999), { exact: true })).toBeVisible();
});
