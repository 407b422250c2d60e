import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { commands } from '../commands/all.ts';
import { fakeSession } from '../testing/session.ts';
import { listen } from './shortcuts.ts';

let stop = () => {};
afterEach(() => stop());

async function hearing(singleKeys = true) {
  const session = fakeSession();
  stop = listen(window, commands, session, singleKeys);
  const screen = await render(
    <>
      <input aria-label="name" />
      <input type="range" aria-label="weight" />
    </>,
  );
  return { session, screen };
}

test('number keys show the tabs', async () => {
  const { session } = await hearing();
  await userEvent.keyboard('4');
  expect(session.view.getState().tab).toBe('plan');
});

test('single keys work on a slider, and type in a text field', async () => {
  const { session, screen } = await hearing();
  await screen.getByRole('textbox').click();
  await userEvent.keyboard('3');
  expect(session.view.getState().tab).toBe('method');
  await expect.element(screen.getByRole('textbox')).toHaveValue('3');
  await screen.getByRole('slider').click();
  await userEvent.keyboard('5');
  expect(session.view.getState().tab).toBe('tensors');
});

test('single keys can be switched off, the others stay', async () => {
  const { session } = await hearing(false);
  session.recipe.getState().setValue('lambda', 0.5);
  await userEvent.keyboard('2');
  expect(session.view.getState().tab).toBe('method');
  await userEvent.keyboard('{Control>}z{/Control}');
  expect(session.recipe.getState().recipe.values).toEqual({});
});

test('? opens the list of shortcuts, and nothing fires under a dialog', async () => {
  const { session } = await hearing();
  await userEvent.keyboard('?');
  expect(session.view.getState().dialog).toBe('shortcuts');
  await userEvent.keyboard('2');
  expect(session.view.getState().tab).toBe('method');
});
