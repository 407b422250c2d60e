import { f32, modelFile } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import type { Files } from './fixtures/model-folder.ts';
import { outputOf } from './fixtures/output-folder.ts';
import { valuesOf } from './fixtures/weights.ts';

const module = 'model.layers.0.mlp.up_proj';
const key = `base_model.model.${module}`;

function peft(rank: number, alpha: number, a: readonly number[], b: readonly number[]): Files {
  return {
    'adapter_config.json': JSON.stringify({
      ...{ peft_type: 'LORA', r: rank, lora_alpha: alpha, target_modules: ['up_proj'] },
    }),
    'adapter_model.safetensors': modelFile({
      [`${key}.lora_A.weight`]: f32([rank, 3], a),
      [`${key}.lora_B.weight`]: f32([2, rank], b),
    }),
  };
}
/** B·A is 1 0 −1 | 2 0 −2, and alpha / r is 2. */
const one = peft(1, 2, [1, 0, -1], [1, 2]);
/** B·A is 1 1 0 | 0 −2 −4, and alpha / r is 0.5. */
const two = peft(2, 1, [1, 1, 0, 0, 2, 4], [1, 0, 0, -1]);

test('a call of add_weighted_adapter, pasted, becomes an adapter with the numbers of that PEFT', async ({
  workbench,
  onDisk,
}) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.drop(await onDisk({ one, two }));
  await expect(workbench.recipe.experts).toHaveText(['one', 'two']);
  await workbench.method.unfold('Output');
  await workbench.method.radio('What is written', 'An adapter').check({ force: true });

  await workbench.button('add_weighted_adapter…').click();
  const dialog = page.getByRole('dialog');
  const call = dialog.getByLabel('Call of add_weighted_adapter');
  await call.fill('model.add_weighted_adapter(names, [1.0, -3], "both")');
  await expect(dialog.locator('.is-problem')).toContainText('names is a variable');
  await expect(dialog.locator('.is-problem')).toContainText('line 1, column 28');
  await expect(dialog.getByRole('button', { name: 'Use as the recipe' })).toBeDisabled();

  await call.fill('model.add_weighted_adapter(["one", "two"], [1.0, -3], "both", "svd")');
  await dialog.getByRole('radio', { name: 'PEFT ≤ 0.20' }).check({ force: true });
  await dialog.getByRole('button', { name: 'Use as the recipe' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel('Numbers')).toHaveValue('peft 0.20');

  await workbench.showTab('Checks');
  await expect(workbench.findings).toContainText([
    'one has the scale 2 (alpha / r): PEFT up to 0.20 applies it twice in its svd types',
    'two has the scale 0.5',
  ]);
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const files = await outputOf(workbench);
  const values = await valuesOf(files['adapter_model.safetensors']);
  const [a, b] = [values[`${key}.lora_A.weight`], values[`${key}.lora_B.weight`]];
  const made = [0, 1].flatMap((i) =>
    [0, 1, 2].map((j) => b[2 * i] * a[j] + b[2 * i + 1] * a[3 + j]),
  );
  // 1·2²·B·A of one, −3·0.5²·B·A of two.
  for (const [i, value] of [3.25, -0.75, -4, 8, 1.5, -5].entries()) {
    expect(made[i]).toBeCloseTo(value, 5);
  }

  await workbench.showTab('Checks');
  await workbench.button('Use the corrected profile').first().click();
  await workbench.button('add_weighted_adapter…').click();
  await expect(dialog.locator('.call')).toContainText('combination_type="cat"');
});
