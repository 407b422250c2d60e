import { bf16, f32, modelFile } from '../src/testing/model-file.ts';
import { dict, pickle, storage, tensor } from '../src/testing/pickle.ts';
import { torchFile } from '../src/testing/torch-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import type { Files } from './fixtures/model-folder.ts';
import { jsonOf, outputOf, weightsOf } from './fixtures/output-folder.ts';
import { onGpuToo, preferGpu } from './fixtures/test.ts';
import { changes, module, one, peft, two, weight } from './fixtures/tiny-adapters.ts';
import { valuesOf } from './fixtures/weights.ts';
import type { Workbench } from './pages/workbench.ts';

const norm = 'model.norm.weight';
const base: Files = {
  'model.safetensors': modelFile({
    [weight]: f32([2, 3], [1, 2, 3, 4, 5, 6]),
    [norm]: f32([2], [1, 1]),
  }),
};
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
