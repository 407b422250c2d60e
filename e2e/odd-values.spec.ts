import { bf16, f32, type TestTensor } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { names, tinyTensors, weightsOnly } from './fixtures/model-folder.ts';
import { jsonOf, outputOf, weightsOf } from './fixtures/output-folder.ts';
import { headerOf, valuesOf } from './fixtures/weights.ts';
import { expectFinding } from './pages/findings.ts';

test('merges scalars and empty tensors like any other', async ({ workbench, onDisk }) => {
  const odd = (value: number): Record<string, TestTensor> => ({
    scale: f32([], [value]),
    'empty.weight': f32([0, 4]),
    'one.weight': bf16([1], [value / 2]),
  });
  await workbench.open();
  await workbench.drop(
    await onDisk({ 'tiny-base': weightsOnly(odd(2)), 'tiny-one': weightsOnly(odd(6)) }),
  );
  await workbench.method.setField('λ', '0.5');
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const weights = await weightsOf(workbench);
  expect(await valuesOf(weights)).toEqual({ scale: [4], 'empty.weight': [], 'one.weight': [2] });
  const shapes = (await headerOf(weights)).tensors.map(({ name, shape }) => [name, shape]);
  expect(Object.fromEntries(shapes)).toEqual({
    scale: [],
    'empty.weight': [0, 4],
    'one.weight': [1],
  });
});

test('names the tensors in which a model has NaN', async ({ workbench, onDisk }) => {
  const broken = { ...tinyTensors(1), [names.norm]: f32([4], [1, Number.NaN, 3, 4]) };
  await workbench.open();
  await workbench.drop(
    await onDisk({ 'tiny-base': weightsOnly(tinyTensors()), 'tiny-one': weightsOnly(broken) }),
  );
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await workbench.merge();
  await expect(workbench.result.verdict).toHaveText('Written, but the check found problems.');
  await expect(workbench.result.panel).toContainText(
    'model.norm.weight holds 1 NaN value; the input had them',
  );
  await expect(workbench.result.figure('NaN or infinite')).toHaveText('1');
  const report = jsonOf((await outputOf(workbench))['amalgam-verify.json']);
  expect(report).toMatchObject({ ok: false, nan: 1, infinite: 0 });
});

test('counts the values that an f16 output cannot hold', async ({ workbench, onDisk }) => {
  const large = { ...tinyTensors(), [names.norm]: f32([4], [70_000, -80_000, 1, 65_504]) };
  await workbench.open();
  await workbench.drop(
    await onDisk({ 'tiny-base': weightsOnly(tinyTensors()), 'tiny-one': weightsOnly(large) }),
  );
  await workbench.method.setField('λ', '1');
  await workbench.method.unfold('Output');
  await workbench.method.radio('Output precision', 'F16').check({ force: true });
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'note',
    message: 'written as F16, whose largest value is 65,504',
    advice: 'Weights are rarely that large.',
  });
  await workbench.merge();
  await expect(workbench.result.figure('Saturated')).toHaveText('2');
  const { [names.norm]: norm } = await valuesOf(await weightsOf(workbench));
  expect(norm).toEqual([65_504, -65_504, 1, 65_504]);
});

test('fails when the merge changed nothing', async ({ workbench, onDisk }) => {
  await workbench.open();
  await workbench.drop(
    await onDisk({
      'tiny-base': weightsOnly(tinyTensors()),
      'tiny-same': weightsOnly(tinyTensors()),
    }),
  );
  await expect(workbench.recipe.experts).toHaveText(['tiny-same']);
  await workbench.merge();
  await expect(workbench.result.verdict).toHaveText('Written, but the check found problems.');
  await expect(workbench.result.panel).toContainText('nothing changed');
});
