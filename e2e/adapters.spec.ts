import { bf16, f32, modelFile } from '../src/testing/model-file.ts';
import { dict, pickle, storage, tensor } from '../src/testing/pickle.ts';
import { torchFile } from '../src/testing/torch-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import type { Files } from './fixtures/model-folder.ts';
import { jsonOf, outputOf, weightsOf } from './fixtures/output-folder.ts';
import { onGpuToo, preferGpu } from './fixtures/test.ts';
import { valuesOf } from './fixtures/weights.ts';
import type { Workbench } from './pages/workbench.ts';

const weight = 'model.layers.0.mlp.up_proj.weight';
const norm = 'model.norm.weight';
const module = weight.replace('.weight', '');
const base: Files = {
  'model.safetensors': modelFile({
    [weight]: f32([2, 3], [1, 2, 3, 4, 5, 6]),
    [norm]: f32([2], [1, 1]),
  }),
};
/** A of 1 × 3 and B of 2 × 1, alpha 2: ΔW = 2·B·A. */
const one = { a: [1, 0, -1], b: [0.5, 1], rank: 1, alpha: 2 };
/** A of 2 × 3 and B of 2 × 2, alpha 1: ΔW = B·A / 2. */
const two = { a: [1, 1, 0, 0, 2, 4], b: [1, 0, 0, -1], rank: 2, alpha: 1 };
const changes = { one: [1, 0, -1, 2, 0, -2], two: [0.5, 0.5, 0, 0, -1, -2] };

function peft({ a, b, rank, alpha }: typeof one, name = module): Files {
  return {
    'adapter_config.json': JSON.stringify({
      peft_type: 'LORA',
      r: rank,
      lora_alpha: alpha,
      target_modules: ['up_proj'],
      base_model_name_or_path: 'tiny/base',
    }),
    'adapter_model.safetensors': modelFile({
      [`base_model.model.${name}.lora_A.weight`]: f32([rank, 3], a),
      [`base_model.model.${name}.lora_B.weight`]: f32([2, rank], b),
    }),
  };
}

const merged = (weights: readonly [number, number]) =>
  [1, 2, 3, 4, 5, 6].map((w, i) => w + weights[0] * changes.one[i] + weights[1] * changes.two[i]);

async function expectModel(workbench: Workbench, expected: readonly number[]): Promise<void> {
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const values = await valuesOf(await weightsOf(workbench));
  expect(values[weight]).toEqual(expected);
  expect(values[norm]).toEqual([1, 1]);
}

test('what BF16 loses of a small change is told, and F32 keeps it with one press', async ({
  workbench,
  onDisk,
}) => {
  const whole = { 'model.safetensors': modelFile({ [weight]: bf16([2, 3], [1]) }) };
  const tiny = peft({ ...one, a: [1, 1, 1], b: [1 / 4096, 1 / 180] });
  await workbench.open();
  await workbench.drop(await onDisk({ tiny, whole }));
  await expect(workbench.recipe.expert('tiny')).toContainText('LoRA adapter');
  await workbench.merge();
  const proof = workbench.result.panel.getByRole('region', { name: 'Proof of the adapters' });
  await expect(proof).toContainText('6 elements of the output were computed once more');
  await expect(proof).toContainText('all equal, bit for bit');
  await expect(proof).toContainText('Rounding took much of what the adapters change');
  await expect(proof).toContainText('50 % of the changed elements');
  await proof.getByRole('button', { name: 'Merge again in F32' }).click();
  await expect(proof).toContainText('100.0 % of the change is left after rounding');
  await expect(proof).not.toContainText('Rounding took');
  const { [weight]: values } = await valuesOf(await weightsOf(workbench));
  expect(values[0]).toBeGreaterThan(1);
});

test(
  'two adapters of different rank and alpha go into their base, and show what they met',
  onGpuToo,
  async ({ workbench, onDisk }) => {
    await workbench.open();
    await preferGpu(workbench);
    await workbench.drop(await onDisk({ one: peft(one), two: peft(two), whole: base }));
    await expect(workbench.recipe.base('whole')).toContainText('safetensors');
    await expect(workbench.recipe.experts).toHaveText(['one', 'two']);
    await expect(workbench.recipe.expert('two')).toContainText('LoRA adapter');
    await expect(workbench.recipe.expert('two')).toContainText('rank 2');

    await workbench.showTab('Checks');
    const match = workbench.page.locator('.match', { hasText: 'two' });
    await expect(match.locator('summary')).toContainText('its one update meets the base');
    await expect(match.locator('summary')).toContainText('trained on tiny/base');
    await match.locator('summary').click();
    await expect(match.getByRole('row', { name: module })).toHaveText(
      [module, weight, 'LoRA', '2', '1', '× 0.5', 'F32'].join(''),
    );

    await workbench.method.setField('λ', '1');
    await workbench.recipe.setField('two', 'weight', '-2');
    await expectModel(workbench, merged([1, -2]));
  },
);

test(
  'adapters without a base become one adapter, which does what both did',
  onGpuToo,
  async ({ workbench, onDisk }) => {
    await workbench.open();
    await preferGpu(workbench);
    await workbench.drop(await onDisk({ one: peft(one), two: peft(two) }));
    await expect(workbench.recipe.experts).toHaveText(['one', 'two']);
    await workbench.showTab('Checks');
    await expect(workbench.findings).toContainText(['tiny/base by its own account, and no base']);
    await expect(workbench.button('Find tiny/base on the Hub')).toBeVisible();
    await expect(workbench.run.merge).toBeDisabled();
    await workbench.button('Write an adapter').click();
    await workbench.method.setField('λ', '1');
    await workbench.merge();
    await expect(workbench.result.verdict).toContainText('verified.');
    const files = await outputOf(workbench);
    expect(Object.keys(files).sort()).toEqual([
      'README.md',
      'adapter_config.json',
      'adapter_model.safetensors',
      'amalgam-recipe.json',
      'amalgam-verify.json',
    ]);
    expect(jsonOf(files['adapter_config.json'])).toMatchObject({
      r: 2,
      lora_alpha: 2,
      target_modules: [module],
      base_model_name_or_path: 'tiny/base',
    });

    // Reopened, on the base.
    const output = { ...files, 'README.md': '' } as Files;
    for (const name of ['one', 'two']) await workbench.recipe.remove(name);
    await workbench.drop(await onDisk({ whole: base, made: output }));
    await expect(workbench.recipe.base('whole')).toContainText('safetensors');
    await workbench.method.unfold('Output');
    await workbench.method.radio('What is written', 'A model').check({ force: true });
    await workbench.merge();
    const values = await valuesOf(await weightsOf(workbench));
    for (const [i, value] of merged([1, 1]).entries()) {
      expect(values[weight][i]).toBeCloseTo(value, 5);
    }
  },
);

test('a kohya file and one that torch saved are adapters too', async ({ workbench, onDisk }) => {
  const kohya = `lora_unet_${module.replaceAll('.', '_')}`;
  const style = modelFile({
    [`${kohya}.alpha`]: f32([], [one.alpha]),
    [`${kohya}.lora_down.weight`]: f32([1, 3], one.a),
    [`${kohya}.lora_up.weight`]: f32([2, 1], one.b),
  });
  const bytes = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const key = `base_model.model.${module}`;
  const saved = torchFile(
    pickle(
      dict({
        [`${key}.lora_A.weight`]: tensor(storage('FloatStorage', '0', 6), {
          size: [2, 3],
          stride: [3, 1],
        }),
        [`${key}.lora_B.weight`]: tensor(storage('FloatStorage', '1', 4), {
          size: [2, 2],
          stride: [2, 1],
        }),
      }),
    ),
    { 0: bytes(two.a), 1: bytes(two.b) },
  );
  await workbench.open();
  const { 'adapter_config.json': config } = peft(two);
  await workbench.drop(
    await onDisk({
      whole: base,
      style: { 'style.safetensors': style },
      two: { 'adapter_config.json': config, 'adapter_model.bin': saved },
    }),
  );
  await expect(workbench.recipe.base('whole')).toContainText('safetensors');
  await expect(workbench.recipe.experts).toHaveText(['style', 'two']);
  await workbench.method.setField('λ', '1');
  await expectModel(workbench, merged([1, 1]));
});

test('an adapter of another base is refused, not merged into nothing', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  await workbench.drop(await onDisk({ whole: base, one: peft(one, 'transformer.h.0.mlp.c_fc') }));
  await workbench.showTab('Checks');
  await expect(workbench.findings).toContainText([
    'No module of the adapter one is in whole: of transformer.h.0.mlp.c_fc, no such module in the base',
  ]);
  await expect(workbench.run.merge).toBeDisabled();
});

test('a pickle that would run code is refused by what it names', async ({ workbench, onDisk }) => {
  const attack = torchFile(
    Uint8Array.from([0x80, 2, ...Buffer.from('cposix\nsystem\n'), ...Buffer.from('(Vid\ntR.')]),
  );
  await workbench.open();
  await workbench.drop(
    await onDisk({
      bad: { 'adapter_config.json': '{"peft_type":"LORA"}', 'adapter_model.bin': attack },
    }),
  );
  await workbench.showTab('Checks');
  await expect(workbench.findings.filter({ hasText: 'could not be opened' })).toContainText([
    'posix.system',
  ]);
  // Its files were read in this visit: there is nothing to open again.
  await expect(
    workbench.page.getByRole('region', { name: 'Models of the last visit' }),
  ).toHaveCount(0);
});

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
