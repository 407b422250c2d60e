import { f32, modelFile } from '../src/testing/model-file.ts';
import { axeOn } from './fixtures/axe.ts';
import { expect, test } from './fixtures/kept-page.ts';
import type { Files } from './fixtures/model-folder.ts';
import { weightsOf } from './fixtures/output-folder.ts';
import { valuesOf } from './fixtures/weights.ts';

/** One weight of each of four places, in the names of a checkpoint of Stable Diffusion. */
const names = [
  'model.diffusion_model.input_blocks.4.1.proj_in',
  'model.diffusion_model.middle_block.1.proj_in',
  'model.diffusion_model.output_blocks.3.1.proj_in',
  'cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1',
];
/** As kohya calls them: of a UNet in diffusers' names. */
const kohya = [
  'lora_unet_down_blocks_1_attentions_0_proj_in',
  'lora_unet_mid_block_attentions_0_proj_in',
  'lora_unet_up_blocks_1_attentions_0_proj_in',
  'lora_te_text_model_encoder_layers_0_mlp_fc1',
];
const base: Files = {
  'model.safetensors': modelFile(
    Object.fromEntries(names.map((name) => [`${name}.weight`, f32([2, 2], [10, 20, 30, 40])])),
  ),
};
/** ΔW = B·A = [[1, 2], [3, 6]] everywhere: alpha is the rank. */
const style: Files = {
  'style.safetensors': modelFile(
    Object.fromEntries(
      kohya.flatMap((name) => [
        [`${name}.alpha`, f32([], [1])],
        [`${name}.lora_down.weight`, f32([1, 2], [1, 2])],
        [`${name}.lora_up.weight`, f32([2, 1], [1, 3])],
      ]),
    ),
  ),
};
const plus = (by: number) => [10 + by, 20 + 2 * by, 30 + 3 * by, 40 + 6 * by];

test('block weights decide how much of an adapter each block gets', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  await workbench.drop(await onDisk({ whole: base, style }));
  await expect(workbench.recipe.base('whole')).toContainText('safetensors');
  await workbench.method.setField('λ', '1');
  await workbench.recipe.setField('style', 'weight', '2');
  await workbench.method.unfold('Layer rules');
  await workbench.button('Block weights').click();
  const rule = workbench.method.region.getByRole('group', { name: 'Rule 1', exact: true });
  // All four places are in the layout of 12.
  await expect(rule.getByLabel('Rule 1, blocks')).toHaveValue('12');
  const slider = (slot: string) => rule.getByRole('slider', { name: `Rule 1, ${slot}` });

  // A list of another length is refused in words, and nothing is lost.
  const line = rule.getByLabel('list or preset line');
  await line.fill('MINE:1,0,1');
  await rule.getByRole('button', { name: 'Use' }).click();
  await expect(rule.getByRole('status')).toHaveText(
    'The list has 3 numbers; block weights are 12, 17, 20, 26 or 61.',
  );
  await expect(slider('MID')).toHaveValue('1');
  // 17 numbers are read as 17 slots: BASE, IN01, IN02, IN04, …
  await line.fill('MINE:0.5,1,1,0,1,1,1,1,0.25,1,1,1,1,1,1,1,1');
  await line.press('Enter');
  await expect(rule.getByLabel('Rule 1, blocks')).toHaveValue('17');
  await expect(slider('IN04')).toHaveValue('0');
  await expect(slider('OUT03')).toHaveValue('0.25');

  // By keyboard: from the first bar seven to the right is MID.
  await slider('BASE').focus();
  for (let k = 0; k < 7; k++) await workbench.page.keyboard.press('ArrowRight');
  await expect(slider('MID')).toBeFocused();
  for (let k = 0; k < 10; k++) await workbench.page.keyboard.press('ArrowDown');
  await expect(slider('MID')).toHaveValue('0.5');
  for (const colorScheme of ['light', 'dark'] as const) {
    await workbench.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await axeOn(workbench.page).include('.rule').analyze();
    expect(violations.map(({ id, nodes }) => `${id} at ${nodes[0].target}`)).toEqual([]);
  }
  await workbench.page.emulateMedia({ colorScheme: 'light' });

  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const values = await valuesOf(await weightsOf(workbench));
  expect(values[`${names[0]}.weight`]).toEqual([10, 20, 30, 40]); // its block is left out
  expect(values[`${names[1]}.weight`]).toEqual(plus(2 * 0.5));
  expect(values[`${names[2]}.weight`]).toEqual(plus(2 * 0.25));
  expect(values[`${names[3]}.weight`]).toEqual(plus(2 * 0.5));
});

test('bars are painted by pointer, presets chosen, and a step back takes all of a stroke back', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  await workbench.drop(await onDisk({ whole: base, style }));
  await workbench.method.unfold('Layer rules');
  await workbench.button('Block weights').click();
  const rule = workbench.method.region.getByRole('group', { name: 'Rule 1', exact: true });
  await rule.getByLabel('Rule 1, preset').selectOption('OUTALL');
  const all = () =>
    rule
      .getByRole('slider')
      .evaluateAll((sliders) =>
        sliders.map((slider) => Number((slider as HTMLInputElement).value)),
      );
  expect(await all()).toEqual([1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  const strip = rule.getByRole('group', { name: 'block weights' });
  await strip.scrollIntoViewIfNeeded();
  const box = (await strip.boundingBox())!;
  const [x, y] = [(k: number) => box.x + ((k + 0.5) / 12) * box.width, box.y + box.height / 2];
  await workbench.page.mouse.move(x(1), y);
  await workbench.page.mouse.down();
  await workbench.page.mouse.move(x(4), y, { steps: 2 });
  await workbench.page.mouse.up();
  expect(await all()).toEqual([1, 0.5, 0.5, 0.5, 0.5, 0, 1, 1, 1, 1, 1, 1]);
  await workbench.page.keyboard.press('Control+z');
  await expect.poll(all).toEqual([1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  await rule.getByLabel('Rule 1, block', { exact: true }).selectOption('MID');
  await rule.getByLabel('MID exactly').fill('-1.5');
  expect(await all()).toEqual([1, 0, 0, 0, 0, -1.5, 1, 1, 1, 1, 1, 1]);
});
