import { f32, modelFile } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import type { Files } from './fixtures/model-folder.ts';
import { jsonOf, outputOf } from './fixtures/output-folder.ts';
import { one, peft, two } from './fixtures/tiny-adapters.ts';
import { valuesOf } from './fixtures/weights.ts';

// Adapters that become adapters again: summed, extracted, resized, renamed.

test('the demo’s adapters are merged by every method, into the base and into one adapter', async ({
  workbench,
}) => {
  await workbench.open();
  await workbench.recipe.add('The demo’s adapters');
  await expect(workbench.recipe.experts).toHaveCount(3);
  await expect(workbench.run.merge).toBeEnabled();
  for (const method of ['TIES', 'DARE', 'DARE-TIES', 'Magnitude prune', 'Linear average']) {
    await workbench.method.choose(method);
    await workbench.merge();
    await expect(workbench.result.verdict).toContainText('verified.');
    await expect(workbench.result.figure('Tensors changed')).not.toHaveText(/^0\b/);
  }
  await workbench.method.unfold('Output');
  await workbench.method.radio('What is written', 'An adapter').check({ force: true });
  await workbench.method.choose('Task arithmetic');
  const energy = workbench.method.region.locator('.energy');
  await expect(energy).toContainText('Ranks 24 to 28 (median 28) of 28 modules keep 100 %');
  const ranks = workbench.method.region.getByLabel('Ranks');
  await ranks.selectOption('the same for all');
  await workbench.method.setField('Rank', '4');
  await expect(energy).toContainText(/Rank 4 keeps \d\d\.\d % of the energy.* at least \d\d\.\d %/);

  // By keyboard on the curve, and by a rule: small ranks where little is needed.
  const curve = workbench.page.getByRole('slider', { name: 'on the curve' });
  await curve.focus();
  await curve.press('ArrowRight');
  await expect(energy).toContainText('Rank 5 keeps');
  await ranks.selectOption('by energy');
  await expect(energy).toContainText(/Ranks \d+ to 5 \(median \d\) of 28 modules keep/);
  await workbench.method.setField('Largest rank', '64');
  await workbench.method.setField('Share, %', '80');
  await expect(energy).toContainText(/Ranks \d to \d+ .* at least 8\d\.\d % of every/);
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const { r, rank_pattern: pattern } = jsonOf((await outputOf(workbench))['adapter_config.json']);
  expect(r).toBeLessThan(28);
  expect(Object.keys(pattern).length).toBeGreaterThan(0);

  await ranks.selectOption('exact');
  await workbench.merge();
  await expect(workbench.result.panel).toContainText('adapter_model.safetensors');
  await workbench.method.choose('TIES');
  await expect(energy).toHaveCount(0); // known when it is merged, or measured
  await ranks.selectOption('the same for all');
  await workbench.method.setField('Rank', '8');
  await workbench.method.region.getByRole('button', { name: 'Measure the energy' }).click();
  await expect(energy).toContainText(/Rank 8 keeps \d\d\.\d % of the energy/, { timeout: 60_000 });
  await workbench.merge();
  await expect(workbench.result.panel).toContainText('rank 8 keeps');
  await expect(workbench.result.figure('Tensors')).toHaveText('56');
  await expect(workbench.result.panel.locator('.mosaic-legend')).not.toContainText('copied');
});

test('an adapter is extracted from a fine-tune of the demo, and resized by energy on its own', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  await workbench.recipe.add('The demo family');
  await expect(workbench.recipe.experts).toHaveCount(3);
  const [kept, ...others] = await workbench.recipe.experts.allTextContents();
  for (const name of others) await workbench.recipe.remove(name);
  await workbench.method.setField('λ', '1');
  await workbench.method.unfold('Output');
  await workbench.method.radio('What is written', 'An adapter').check({ force: true });
  const { region } = workbench.method;
  await expect(region.getByRole('checkbox', { name: 'MLP' })).toBeChecked();
  await workbench.showTab('Checks');
  await expect(workbench.findings.filter({ hasText: 'not in the adapter' })).toHaveCount(1);
  await workbench.button('Write norms and biases whole').click();
  await expect(region.getByLabel('The rest', { exact: true })).toHaveValue('write vectors');
  await region.getByLabel('Ranks').selectOption('by energy');
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const files = await outputOf(workbench);
  const config = jsonOf(files['adapter_config.json']);
  expect(config.modules_to_save).toContain('model.norm');
  expect(config.target_modules).toContain('model.layers.0.mlp.up_proj');

  // Opened again, by itself: what is saved whole would need the base.
  await region.getByLabel('The rest', { exact: true }).selectOption('leave out');
  await workbench.merge();
  const alone = await outputOf(workbench);
  expect(jsonOf(alone['adapter_config.json']).modules_to_save).toBe(null);
  await workbench.recipe.remove(kept);
  await workbench.drop(await onDisk({ made: { ...alone, 'README.md': '' } as Files }));
  await expect(workbench.recipe.experts).toHaveText(['made']);
  await expect(region).toContainText('One adapter by itself is resized');
  await workbench.method.setField('Share, %', '60');
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const smaller = jsonOf((await outputOf(workbench))['adapter_config.json']);
  expect(smaller.r).toBeLessThan(config.r);
});

test('kohya’s files without a base become one of kohya’s, which opens again', async ({
  workbench,
  onDisk,
}) => {
  const at = 'lora_unet_input_blocks_4_1_transformer_blocks_1_attn1_to_q';
  const style = ({ a, b, rank, alpha }: typeof one) => ({
    'style.safetensors': modelFile({
      [`${at}.alpha`]: f32([], [alpha]),
      [`${at}.lora_down.weight`]: f32([rank, 3], a),
      [`${at}.lora_up.weight`]: f32([2, rank], b),
    }),
  });
  await workbench.open();
  await workbench.drop(await onDisk({ one: style(one), two: style(two) }));
  await expect(workbench.recipe.experts).toHaveText(['one', 'two']);
  await workbench.showTab('Checks');
  await workbench.button('Write an adapter').click();
  await workbench.method.setField('λ', '1');
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const files = await outputOf(workbench);
  const name = Object.keys(files).find((each) => each.endsWith('.safetensors'))!;
  expect(Object.keys(files)).not.toContain('adapter_config.json');
  const made = await valuesOf(files[name]);
  expect(made[`${at}.alpha`]).toEqual([2]); // ranks of 1 and 2, in a weight of two rows
  expect(Object.keys(made).sort()).toEqual([
    `${at}.alpha`,
    `${at}.lora_down.weight`,
    `${at}.lora_up.weight`,
  ]);

  for (const each of ['one', 'two']) await workbench.recipe.remove(each);
  await workbench.drop(await onDisk({ again: { [name]: files[name] } as Files }));
  await expect(workbench.recipe.expert('again')).toContainText('LoRA adapter');
});

test('an adapter of PEFT is converted to the names of diffusers as it is', async ({
  workbench,
  onDisk,
}) => {
  const at = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
  await workbench.open();
  await workbench.drop(await onDisk({ one: peft({ ...one, alpha: 1 }, at) }));
  await workbench.showTab('Checks');
  await workbench.button('Write an adapter').click();
  await workbench.method.unfold('Output');
  await workbench.method.region
    .getByLabel('Naming')
    .selectOption({ label: 'diffusers, ai-toolkit' });
  await expect(workbench.run.merge).toHaveText('Convert');
  await workbench.recipe.setField('one', 'weight', '0.6');
  await workbench.showTab('Checks');
  await expect(
    workbench.findings.filter({ hasText: 'one is written at 0.6 of its strength' }),
  ).toHaveCount(1);
  await workbench.button('Write it as it is').click();
  await expect(workbench.run.merge).toHaveText('Convert');
  await workbench.merge();
  const { 'pytorch_lora_weights.safetensors': file } = await outputOf(workbench);
  expect(await valuesOf(file)).toEqual({
    [`unet.${at}.lora_A.weight`]: one.a,
    [`unet.${at}.lora_B.weight`]: one.b,
  });
});
