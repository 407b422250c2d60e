import { describe, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import type { ParamSchema, ParamValue } from '../../methods/params.ts';
import { ParamForm } from './param-form.tsx';

const schema = {
  lambda: {
    kind: 'number',
    label: 'λ',
    help: 'Scales the change.',
    source: 'the authors',
    default: 1,
    min: -10,
    max: 10,
    soft: [0, 2],
    step: 0.01,
  },
  normalize: { kind: 'toggle', label: 'normalize', help: 'A mean.', default: false },
  of: {
    kind: 'choice',
    label: 'turn',
    help: 'What is turned.',
    default: 'weights',
    choices: [
      { value: 'weights', label: 'weights' },
      { value: 'taskVectors', label: 'task vectors' },
    ],
  },
  seed: { kind: 'seed', label: 'seed', help: 'Same seed, same mask.', default: 42 },
  hidden: {
    kind: 'toggle',
    label: 'only when normalized',
    help: '',
    default: false,
    visible: (values) => values['normalize'] === true,
  },
} as const satisfies ParamSchema;

async function renderForm(values: Readonly<Record<string, ParamValue>> = {}) {
  const onChange = vi.fn<(key: string, value: ParamValue) => void>();
  const onReset = vi.fn<(key: string) => void>();
  const screen = await render(
    <ParamForm
      schema={schema}
      values={{ lambda: 1, normalize: false, of: 'weights', seed: 42, ...values }}
      initial={{ lambda: 1, normalize: false, of: 'weights', seed: 42 }}
      isSet={(key) => key in values}
      onChange={onChange}
      onReset={onReset}
    />,
  );
  return { screen, onChange, onReset };
}

describe('a form made from a schema', () => {
  test('has one named control a parameter, with help and source', async () => {
    const { screen } = await renderForm();
    await expect.element(screen.getByRole('textbox', { name: 'λ' })).toHaveValue('1');
    await expect.element(screen.getByRole('checkbox', { name: 'normalize' })).not.toBeChecked();
    await expect.element(screen.getByRole('radio', { name: 'weights' })).toBeChecked();
    await expect.element(screen.getByRole('spinbutton', { name: 'seed' })).toHaveValue(42);
    await expect.element(screen.getByText('Source: the authors')).toBeVisible();
  });

  test('shows a dependent parameter only when it matters', async () => {
    const { screen } = await renderForm();
    expect(screen.getByText('only when normalized').query()).toBeNull();
    const { screen: normalized } = await renderForm({ normalize: true });
    await expect.element(normalized.getByText('only when normalized')).toBeVisible();
  });

  test('reports toggles, choices and seeds by key', async () => {
    const { screen, onChange } = await renderForm();
    await screen.getByRole('checkbox', { name: 'normalize' }).click();
    await screen.getByRole('radio', { name: 'task vectors' }).click();
    await screen.getByRole('spinbutton', { name: 'seed' }).fill('7');
    expect(onChange.mock.calls).toEqual([
      ['normalize', true],
      ['of', 'taskVectors'],
      ['seed', 7],
    ]);
  });

  test('offers to reset only what was set by hand', async () => {
    const { screen, onReset } = await renderForm({ lambda: 0.5 });
    await screen.getByRole('button', { name: 'Reset λ to 1' }).click();
    expect(onReset).toHaveBeenCalledWith('lambda');
    expect(screen.getByRole('button', { name: /Reset turn/ }).query()).toBeNull();
  });
});

describe('a number', () => {
  test('takes values beyond the slider but not beyond its limits', async () => {
    const { screen, onChange } = await renderForm();
    const field = screen.getByRole('textbox', { name: 'λ' });
    await field.fill('5');
    expect(onChange).toHaveBeenLastCalledWith('lambda', 5);
    await field.fill('11');
    expect(onChange).toHaveBeenCalledTimes(1);
    await expect.element(field).toHaveAttribute('aria-invalid', 'true');
  });

  test('understands a comma and a true minus', async () => {
    const { screen, onChange } = await renderForm();
    const field = screen.getByRole('textbox', { name: 'λ' });
    await field.fill('−0,25');
    expect(onChange).toHaveBeenLastCalledWith('lambda', -0.25);
  });

  test('steps with the arrow keys, by ten with Shift', async () => {
    const { screen, onChange } = await renderForm();
    await screen.getByRole('textbox', { name: 'λ' }).click();
    await userEvent.keyboard('{ArrowUp}');
    expect(onChange).toHaveBeenLastCalledWith('lambda', 1.01);
    await userEvent.keyboard('{Shift>}{ArrowDown}{/Shift}');
    expect(onChange).toHaveBeenLastCalledWith('lambda', 0.9);
  });

  test('moves with its slider by keyboard', async () => {
    const { screen, onChange } = await renderForm();
    const slider = screen.getByRole('slider', { name: 'λ slider' });
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowLeft}');
    expect(onChange).toHaveBeenLastCalledWith('lambda', 0.99);
  });
});
