import { beforeEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import type { Excerpt } from '../../../methods/excerpt.ts';
import { methods } from '../../../methods/registry.ts';
import { emptyRecipe, withMethod } from '../../../recipe/defaults.ts';
import type { Recipe } from '../../../recipe/recipe.ts';
import { session } from '../../../stores/use-session.ts';
import { MethodView } from '../method-view.tsx';

beforeEach(() => {
  session.excerpt.setState({ excerpt: null, at: null });
  localStorage.clear();
  session.stepper.getState().setOwn(null);
  session.stepper.getState().turnTo(null);
  session.stepper.getState().choose('mine');
});

/** Twelve elements of a tensor of 512, of so many models: each changes element i by (i + 1) / 100, every second one down. */
function excerptOf(models: number): Excerpt {
  const each = <T,>(make: (k: number) => T) => Array.from({ length: models }, (_, k) => make(k));
  const magnitudes = Float32Array.from({ length: 512 }, (_, i) => (512 - i) / 1000);
  return {
    tensor: 'model.layers.3.mlp.up_proj.weight',
    ...{ matrix: [8, 64], layers: 4, row: 2, column: 8, start: 136, tensorKey: 1 },
    ordinals: each((k) => k),
    base: new Float32Array(12),
    changes: each((k) => Float32Array.from({ length: 12 }, (_, i) => ((-1) ** k * (i + 1)) / 100)),
    ...{ elementCount: 512, sampled: 512 },
    magnitudes: each(() => magnitudes),
    // In the whole model changes are half as large.
    whole: each(() => ({ elementCount: 5120, magnitudes: magnitudes.map((size) => size / 2) })),
    ranks: each(() => new Uint32Array(12)),
    dots: { weights: Array(models ** 2).fill(1), taskVectors: Array(models ** 2).fill(1) },
  };
}

function recipeOf(models: number): Recipe {
  const experts = Array.from({ length: models }, (_, k) => ({
    model: { id: `m${k}`, name: `model-${k + 1}`, origin: 'local' as const, bytes: 1 },
    values: { density: 0.9 },
  }));
  return { ...emptyRecipe(), experts };
}

async function shown(id: string, recipe = emptyRecipe()) {
  session.recipe.getState().restart({ ...withMethod(emptyRecipe(), id), experts: recipe.experts });
  const screen = await render(<MethodView />);
  const figure = screen.getByRole('figure', { name: 'Step by step' });
  await expect.element(figure).toBeVisible();
  const merged = (element: number) =>
    figure
      .getByRole('img', { name: new RegExp(`^Merged(, as tried)?, element ${element}: `) })
      .element()
      .getAttribute('aria-label')!
      .split(': ')[1];
  const bar = (name: string, element: number) =>
    figure.getByRole('slider', { name: `${name}, element ${element}`, exact: true });
  const score = () => figure.getByRole('table', { name: 'Score' }).element().textContent;
  return { screen, figure, merged, bar, score };
}

test('a bar moves by pointer and keys, and the steps after it follow', async () => {
  const { figure, merged, bar, score } = await shown('ties');
  // Density 0.2 keeps two of ten each: at the first element nobody.
  expect(merged(1)).toBe('0.00');
  const before = score();
  const cell = bar('A', 1).element() as HTMLElement;
  cell.focus();
  await userEvent.keyboard('{End}');
  await expect.element(bar('A', 1)).toHaveAttribute('aria-valuenow', '1');
  expect(merged(1)).toBe('+1.00');
  expect(score()).not.toBe(before);
  await userEvent.keyboard('{PageDown}{ArrowDown}{Shift>}{ArrowDown}{/Shift}');
  await expect.element(bar('A', 1)).toHaveAttribute('aria-valuenow', '0.69');
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(bar('A', 2)).toHaveFocus();
  await userEvent.keyboard('{ArrowLeft}');

  const { left, top, width, height } = bar('B', 1).element().getBoundingClientRect();
  const at = (share: number) => ({
    ...{ clientX: left + width / 2, clientY: top + share * height },
    ...{ bubbles: true, buttons: 1, pointerId: 1 },
  });
  const target = bar('B', 1).element() as HTMLElement;
  target.setPointerCapture = () => {};
  target.dispatchEvent(new PointerEvent('pointerdown', at(0.5)));
  target.dispatchEvent(new PointerEvent('pointermove', at(0.95)));
  await expect.element(bar('B', 1)).toHaveAttribute('aria-valuenow', '-0.9');
  // Minus outvotes plus now: −0.90 against +0.69.
  await expect.poll(() => merged(1)).toBe('−0.90');
  await expect.element(figure).toHaveTextContent('Σ = −0.21: minus');
  await figure.getByRole('button', { name: 'Reset the bars' }).click();
  await expect.poll(() => merged(1)).toBe('0.00');
}, 40_000);

test('the steps play one after the other, and a key scrubs them', async () => {
  const { figure } = await shown('ties');
  const scrubber = figure.getByRole('slider', { name: 'Step', exact: true });
  await expect.element(scrubber).toHaveAttribute('aria-valuetext', '5 of 5: Add λ');
  await figure.getByRole('button', { name: 'Play the steps' }).click();
  await expect.element(scrubber).toHaveAttribute('aria-valuetext', '1 of 5: Task vectors');
  await expect
    .element(scrubber, { timeout: 3000 })
    .toHaveAttribute('aria-valuetext', '2 of 5: Trim');
  await figure.getByRole('button', { name: 'Pause' }).click();
  await figure.getByRole('button', { name: /Elect/ }).click();
  await expect.element(scrubber).toHaveAttribute('aria-valuetext', '3 of 5: Elect');
});

test('the lesson tells both examples, and what it says is what is shown', async () => {
  const { figure, merged } = await shown('ties');
  await figure.getByRole('button', { name: 'Walk me through it' }).click();
  const lesson = figure.getByRole('region', { name: 'Lesson' });
  const turn = () => lesson.getByRole('button', { name: 'Next' }).click();
  await expect.element(lesson).toHaveTextContent('1 of 7 Two models, five elements');
  await turn();
  await expect.element(figure).toHaveTextContent('B: |τ| = 0.20 < 0.30, trimmed');
  await turn();
  expect([1, 2, 3, 4, 5].map(merged)).toEqual(['+0.30', '+0.40', '−0.30', '−0.50', '0.00']);
  await turn();
  await expect.element(figure).toHaveTextContent('Vote: +0.30 −0.70 +0.35 = −0.05, elected: minus');
  await turn();
  await expect.element(figure).toHaveTextContent('Vote: +1 −1 +1 = +1, elected: plus');
  await turn();
  for (const share of ['21 % overruled', '33 % overruled', '63 % overruled']) {
    await expect.element(figure).toHaveTextContent(share);
  }
  expect(merged(4)).toBe('−0.52');
  await turn();
  await expect.element(figure).toHaveTextContent('Made-up numbers with your settings');
  await lesson.getByRole('button', { name: 'Done' }).click();
  await expect.element(figure.getByRole('button', { name: 'Walk me through it' })).toBeVisible();
});

test('an election by heads, and one of all, are tried beside the recipe', async () => {
  const { figure } = await shown('ties');
  const byHand = figure.getByLabelText('Election by');
  await byHand.selectOptions('unanimous, or nobody');
  await expect.element(figure).toHaveTextContent('elements come out differently');
  await figure.getByRole('button', { name: 'Use in the recipe' }).click();
  expect(session.recipe.getState().recipe.arithmetic).toEqual({ election: 'unanimous' });
  await byHand.selectOptions('frequency of signs');
  await figure.getByRole('button', { name: 'Use in the recipe' }).click();
  expect(session.recipe.getState().recipe.arithmetic).toEqual({ election: 'frequency' });
});

test('a redraw keeps other elements', async () => {
  const { figure } = await shown('dare_linear');
  const values = () =>
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((element) =>
      figure
        .getByRole('slider', { name: `A, element ${element}`, exact: true })
        .element()
        .getAttribute('aria-valuetext'),
    );
  const before = values();
  expect(before.some((text) => text!.includes('dropped'))).toBe(true);
  await figure.getByRole('button', { name: 'Redraw' }).click();
  await expect.poll(values).not.toEqual(before);
});

test('numbers of one’s own are typed or pasted, and serve every method', async () => {
  const { figure, merged, screen } = await shown('task_arithmetic');
  await figure.getByText('Type the numbers').click();
  const field = figure.getByRole('textbox', { name: 'B, element 2', exact: true });
  await field.fill('4');
  // 0.8 · (0.3 + 4 + 0.35)
  await expect.poll(() => merged(2)).toBe('+3.72');
  await expect.element(figure).toHaveTextContent('Your own numbers with your settings');
  await field.fill('four');
  await expect.element(field).toHaveAttribute('aria-invalid', 'true');
  expect(merged(2)).toBe('+3.72');
  await figure.getByRole('button', { name: 'One less' }).click();
  await expect.poll(() => figure.getByRole('textbox').elements().length).toBe(27);
  await screen.unmount();
  for (const { id } of methods.filter(({ arity }) => arity.models[1] >= 2)) {
    const other = await shown(id);
    await expect.element(other.bar('B', 2)).toHaveAttribute('aria-valuenow', '4');
    await other.screen.unmount();
  }
  const last = await shown('ties');
  await last.figure.getByRole('button', { name: 'Reset the bars' }).click();
  await expect.element(last.bar('B', 2)).toHaveAttribute('aria-valuenow', '-0.7');
});

test('says that made-up numbers stand in while those of one’s own models are looked for', async () => {
  const { figure } = await shown('ties');
  session.excerpt.setState({ isLooking: true });
  await expect
    .element(figure)
    .toHaveTextContent('with your settings, until elements of your own models are found.');
  session.excerpt.setState({ isLooking: false });
  await expect.element(figure).toHaveTextContent('Made-up numbers with your settings.');
});

test('twenty models have a row each, and one threshold for the whole model cuts elsewhere', async () => {
  session.excerpt.setState({ excerpt: excerptOf(20) });
  const { figure, bar } = await shown('ties', recipeOf(20));
  await expect
    .element(figure)
    .toHaveTextContent('where your models pull against each other the most');
  expect(figure.getByRole('slider', { name: /^model-\d+, element 1$/ }).elements()).toHaveLength(
    20,
  );
  // Density 0.9 cuts at 0.052 in the tensor, and at 0.026 in the whole model.
  const told = (element: number) =>
    bar('model-20', element).element().getAttribute('aria-valuetext');
  expect(told(3)).toBe('−0.030, dropped');
  await figure.getByLabelText('Trim threshold').selectOptions('whole model');
  await expect.poll(() => told(3)).not.toContain('dropped');
  expect(told(2)).toBe('−0.020, dropped');
  await figure.getByRole('button', { name: 'Use in the recipe' }).click();
  expect(session.recipe.getState().recipe.trimScope).toBe('model');
  await figure.getByRole('radio', { name: 'Example' }).click({ force: true });
  await expect.element(figure).toHaveTextContent('of the first 4 of 20 models');
});

test('of one model the loudest elements are shown, at the one that was chosen', async () => {
  session.excerpt.setState({ excerpt: excerptOf(1) });
  const { figure, merged, screen } = await shown('task_arithmetic', recipeOf(1));
  await expect.element(figure).toHaveTextContent('where your model changes the most');
  expect(merged(12)).toBe('+0.096');
  await screen.unmount();
  const at = { tensor: 'model.layers.3.mlp.up_proj.weight', row: 2, column: 10 };
  session.excerpt.setState({ excerpt: excerptOf(1), at });
  const chosen = await shown('task_arithmetic', recipeOf(1));
  await expect.element(chosen.figure).toHaveTextContent('what you chose.');
  await expect.element(chosen.figure).toHaveTextContent('Add λ, element 3');
});
