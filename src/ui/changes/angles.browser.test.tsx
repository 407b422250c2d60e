import { expect, test } from 'vitest';
import { render } from 'vitest-browser-react';
import type { Angles, Changes } from '../../views/changes.ts';
import { AnglesView } from './angles.tsx';

const models = ['a', 'b', 'c', 'd', 'e'];

/** Task vectors in a plane, at these angles in degrees. */
const fan = (...angles: readonly number[]): Angles => ({
  norms: angles.map(() => 1),
  cosines: angles.flatMap((one) =>
    angles.map((other) => Math.cos(((one - other) * Math.PI) / 180)),
  ),
});

const changes = {
  models,
  angles: {
    whole: fan(0, 60, 10, 50, 180),
    layers: [
      { name: '0', ...fan(0, 0, 0, 0, 0) },
      { name: '1', ...fan(0, 120, 0, 0, 0) },
    ],
    roles: [],
  },
} as unknown as Changes;

const rows = (screen: Awaited<ReturnType<typeof render>>) =>
  screen
    .getByRole('table', { name: /Cosines of every two/ })
    .getByRole('rowheader')
    .elements()
    .map(({ textContent }) => textContent);

test('many models can be put in an order in which those that are alike stand together', async () => {
  const screen = await render(<AnglesView changes={changes} />);
  expect(rows(screen)).toEqual(models);
  await screen.getByRole('radio', { name: 'Alike together' }).click({ force: true });
  expect(rows(screen)).toEqual(['a', 'c', 'd', 'b', 'e']);
  await screen.getByRole('button', { name: 'c and e: cosine −0.98' }).first().click();
  await expect.element(screen.getByText(/^c and e \(−0\.98\) are opposed/)).toBeVisible();
});

test('a layer is chosen by its small picture, and shown large', async () => {
  const screen = await render(<AnglesView changes={changes} />);
  const layer = screen.getByRole('button', { name: 'Layer 1: cosines from −0.50 to +1.00' });
  await layer.click();
  await expect.element(layer).toHaveAttribute('aria-pressed', 'true');
  await expect.element(screen.getByText(/^Layer 1: a and b \(−0\.50\)/)).toBeVisible();
  await layer.click();
  await expect.element(screen.getByText(/^a and b \(\+0\.50\)/)).toBeVisible();
});

test('four models stand as in the recipe', async () => {
  const four = {
    ...changes,
    models: models.slice(0, 4),
    angles: { ...changes.angles, whole: fan(0, 60, 10, 50), layers: [] },
  };
  const screen = await render(<AnglesView changes={four} />);
  expect(rows(screen)).toEqual(['a', 'b', 'c', 'd']);
  expect(screen.getByRole('radio', { name: 'Alike together' }).elements()).toEqual([]);
});

test('the line over depth is that of one role where one is chosen', async () => {
  const role = (name: string, of: Angles, ...depth: readonly (Angles | null)[]) => ({
    name,
    ...of,
    depth: depth.map((layer) => layer?.cosines ?? null),
  });
  const roles = [
    role('mlp.up', fan(0, 60), fan(0, 120), fan(0, 30)),
    role('attn.q', fan(0, 60), null, fan(0, 180)),
  ];
  const layers = changes.angles.layers.map(({ name }) => ({ name, ...fan(0, 60) }));
  const two = { models: ['a', 'b'], angles: { whole: fan(0, 60), layers, roles } };
  const screen = await render(<AnglesView changes={two as unknown as Changes} />);
  const dots = () =>
    [...screen.container.querySelectorAll('.depth-dot')].map((dot) => dot.getAttribute('title'));
  expect(dots()).toEqual(['0: +0.50', '1: +0.50']);
  const choice = screen.getByRole('combobox', { name: 'Over depth' });
  await choice.selectOptions('mlp.up');
  expect(dots()).toEqual(['0: −0.50', '1: +0.87']);
  await choice.selectOptions('attn.q');
  expect(dots()).toEqual(['1: −1.00']);
});
