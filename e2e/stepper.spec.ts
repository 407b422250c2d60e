import { expect, test } from './fixtures/kept-page.ts';

test('walks through TIES on the demo’s own weights, and tries another election', async ({
  workbench,
}) => {
  await workbench.open();
  await workbench.method.choose('TIES');
  const figure = workbench.page.getByRole('figure', { name: 'Step by step' });
  const source = figure.getByRole('button', { name: /^model\.layers\.\d+\..*\.weight$/ });
  await expect(source).toBeVisible({ timeout: 20_000 });
  await expect(figure).toContainText('where your models pull against each other the most');
  await expect(figure).toContainText('those of the whole tensor');

  const scrubber = figure.getByRole('slider', { name: 'Step' });
  await scrubber.focus();
  await workbench.page.keyboard.press('Home');
  await expect(scrubber).toHaveAttribute('aria-valuetext', '1 of 5: Task vectors');
  await workbench.page.keyboard.press('ArrowRight');
  await workbench.page.keyboard.press('ArrowRight');
  await expect(scrubber).toHaveAttribute('aria-valuetext', '3 of 5: Elect');
  const bar = figure.getByRole('slider', { name: 'Reverse, element 1', exact: true });
  await bar.focus();
  await expect(figure.locator('figcaption')).toContainText(
    /Vote: .* = .*, elected: (plus|minus|nobody)/,
  );

  await workbench.method.setDialect('Paper');
  const score = figure.getByRole('table', { name: 'Score' });
  await expect(score).toContainText('%');
  await figure.getByLabel('Election by').selectOption('frequency of signs');
  await expect(figure.getByRole('status')).toContainText(/come|difference/);
  await expect(figure.locator('figcaption')).toContainText(
    /Vote: ([+−]1|0) ([+−]1|0) ([+−]1|0) = /,
  );
  await figure.getByRole('button', { name: 'Use in the recipe' }).click();
  await expect(figure.getByRole('button', { name: 'Use in the recipe' })).toBeHidden();
  await expect(figure.getByLabel('Election by')).toHaveValue('frequency');
  await expect(workbench.method.region).toContainText('1 set by hand');

  await figure.getByRole('radio', { name: 'Example' }).check({ force: true });
  await expect(figure).toContainText('Made-up numbers with your settings.');
  await figure.getByRole('radio', { name: 'My weights' }).check({ force: true });
  const tensor = (await source.textContent()) ?? '';
  await source.click();
  const view = workbench.page.getByRole('tabpanel', { name: 'Conflicts' });
  await expect(view).toBeVisible();
  await expect(view).toContainText(tensor);

  const elements = view.getByRole('table', { name: 'Elements' });
  await elements.getByRole('button').nth(17).click();
  const place = await view.getByRole('heading', { name: /^Row \d+, column \d+$/ }).textContent();
  await view.getByRole('button', { name: 'Follow it step by step' }).press('Enter');
  await expect(workbench.page.getByRole('tab', { name: 'Method' })).toBeFocused();
  await expect(figure).toContainText('what you chose.');
  const row = /Row (\d+)/.exec(place ?? '')?.[1];
  await expect(figure).toContainText(`, row ${row}, columns`);
  await figure.getByRole('button', { name: 'Back to the most contested' }).click();
  await expect(figure).toContainText('pull against each other the most', { timeout: 20_000 });
});
