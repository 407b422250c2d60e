import { readFileSync } from 'node:fs';
import { bf16, f32, modelFile, type TestTensor } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { names, tinyTensors, variant, weightsOnly } from './fixtures/model-folder.ts';
import { weightsOf } from './fixtures/output-folder.ts';
import { test as onNewPage } from './fixtures/test.ts';
import { valuesOf } from './fixtures/weights.ts';
import type { Workbench } from './pages/workbench.ts';

/** Three models whose sums are exact in their dtypes, so that a merge has one right answer. */
const base = { a: [1, -2, 0.5, 3, -0.25, 4], b: [0.5, 0.75, -1, 2] };
const first = { a: [2, -2, 1.5, 1, 0.75, 4], b: [1, 0.25, -1.5, 4] };
const second = { a: [0, -1, 0.5, 3, -1.25, 6], b: [0.5, -0.75, 1, 2.5] };
type Values = typeof base;

const tensorsOf = ({ a, b }: Values): Record<string, TestTensor> => ({
  'layers.0.a.weight': f32([2, 3], a),
  'layers.1.b.weight': bf16([4], b),
});
const family = {
  'tiny-base': weightsOnly(tensorsOf(base)),
  'tiny-first': weightsOnly(tensorsOf(first)),
  'tiny-second': weightsOnly(tensorsOf(second)),
};

/** base + λ Σ weight · (model − base), worked out here. */
const byHand = (key: keyof Values, lambda: number, weights: readonly [number, number]) =>
  base[key].map(
    (value, i) =>
      value +
      lambda * (weights[0] * (first[key][i] - value) + weights[1] * (second[key][i] - value)),
  );

async function expectMergeByHand(workbench: Workbench): Promise<void> {
  await expect(workbench.recipe.base('tiny-base')).toContainText('safetensors');
  await expect(workbench.recipe.experts).toHaveText(['tiny-first', 'tiny-second']);
  await workbench.method.setField('λ', '0.5');
  await workbench.recipe.setField('tiny-first', 'weight', '1');
  await workbench.recipe.setField('tiny-second', 'weight', '-0.5');
  await workbench.merge();
  expect(await valuesOf(await weightsOf(workbench))).toEqual({
    'layers.0.a.weight': byHand('a', 0.5, [1, -0.5]),
    'layers.1.b.weight': byHand('b', 0.5, [1, -0.5]),
  });
}

const namedFiles = () =>
  Object.entries(family).map(
    ([name, files]) => [`${name}.safetensors`, files['model.safetensors']] as const,
  );

onNewPage(
  'merges files from a file input, where the browser has no file picker',
  async ({ page, workbench }) => {
    await page.addInitScript(() => Reflect.deleteProperty(window, 'showOpenFilePicker'));
    await workbench.open();
    const chooser = page.waitForEvent('filechooser');
    await workbench.recipe.add('Files…');
    await (await chooser).setFiles(
      namedFiles().map(([name, bytes]) => ({
        name,
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(bytes),
      })),
    );
    await expectMergeByHand(workbench);
  },
);

onNewPage(
  'merges files from the file picker as worked out by hand',
  async ({ page, workbench }) => {
    await page.addInitScript(
      (files) => {
        window.showOpenFilePicker = (async () => {
          const root = await navigator.storage.getDirectory();
          return Promise.all(
            files.map(async ([name, bytes]) => {
              const handle = await root.getFileHandle(name, { create: true });
              const writable = await handle.createWritable();
              await writable.write(new Uint8Array(bytes));
              await writable.close();
              return handle;
            }),
          );
        }) as typeof window.showOpenFilePicker;
      },
      namedFiles().map(([name, bytes]) => [name, [...Buffer.from(bytes)]] as const),
    );
    await workbench.open();
    await workbench.recipe.add('Files…');
    await expectMergeByHand(workbench);
  },
);

onNewPage(
  'takes a folder of models where the browser has no folder picker',
  async ({ page, workbench, onDisk }, testInfo) => {
    await page.addInitScript(() => {
      for (const name of ['showDirectoryPicker', 'showOpenFilePicker', 'showSaveFilePicker']) {
        Reflect.deleteProperty(window, name);
      }
    });
    await onDisk(family);
    await workbench.open();
    await workbench.showTab('Plan');
    await expect(page.getByText('This browser has no folder picker.')).toBeVisible();
    const chooser = page.waitForEvent('filechooser');
    await workbench.recipe.add('A folder…');
    await (await chooser).setFiles(testInfo.outputPath('models'));
    await expectMergeByHand(workbench);
  },
);

onNewPage('takes a folder of models from the folder picker', async ({ page, workbench }) => {
  await page.addInitScript((models) => {
    window.showDirectoryPicker = async () => {
      const root = await navigator.storage.getDirectory();
      const picked = await root.getDirectoryHandle('picked', { create: true });
      for (const [name, bytes] of Object.entries(models)) {
        const folder = await picked.getDirectoryHandle(name, { create: true });
        const file = await folder.getFileHandle('model.safetensors', { create: true });
        const writable = await file.createWritable();
        await writable.write(new Uint8Array(bytes));
        await writable.close();
      }
      return picked;
    };
  }, bytesOf(family));
  await workbench.open();
  await workbench.recipe.add('A folder…');
  await expectMergeByHand(workbench);
});

for (const [place, at] of Object.entries({
  'the middle of the page': { x: 640, y: 400 },
  'the header': { x: 400, y: 20 },
  'the run bar': { x: 300, y: 700 },
})) {
  test(`takes folders dropped on ${place}`, async ({ workbench, onDisk }) => {
    await workbench.open();
    await workbench.drop(await onDisk(family), at);
    await expect(workbench.recipe.experts).toHaveText(['tiny-first', 'tiny-second']);
    await expect(workbench.run.outlook).toHaveText(/^2 tensors, reads/);
  });
}

test('adds models that are dropped later', async ({ workbench, onDisk }) => {
  const [baseFolder, ...experts] = await onDisk(family);
  await workbench.open();
  for (const [index, path] of [baseFolder, ...experts].entries()) {
    await workbench.drop([path]);
    await expect(workbench.recipe.experts).toHaveCount(index);
  }
  await expectMergeByHand(workbench);
});

test('opens a sharded model through its index', async ({ workbench, onDisk }) => {
  const tensors = tinyTensors();
  const { [names.norm]: norm, ...rest } = tensors;
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const fileOf = (name: string) => shards[name === names.norm ? 1 : 0];
  const map = Object.fromEntries(Object.keys(tensors).map((name) => [name, fileOf(name)]));
  await workbench.open();
  await workbench.drop(
    await onDisk({
      'tiny-base': {
        [shards[0]]: modelFile(rest),
        [shards[1]]: modelFile({ [names.norm]: norm }),
        'model.safetensors.index.json': JSON.stringify({ metadata: {}, weight_map: map }),
      },
      'tiny-one': weightsOnly(tinyTensors(1)),
    }),
  );
  await expect(workbench.recipe.base('tiny-base')).toContainText('2 shards');
  await workbench.method.setField('λ', '1');
  await workbench.merge();
  // One model at weight 1 and λ 1 is that model.
  expect(await valuesOf(await weightsOf(workbench))).toEqual(
    await valuesOf(Buffer.from(modelFile(tinyTensors(1)))),
  );
});

test('puts a base of one’s own under an expert of the demo', async ({ workbench, onDisk }) => {
  const files = ['config.json', 'model.safetensors.index.json', 'tokenizer.json'];
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const own = [...files, ...shards].map((name): [string, Uint8Array] => [
    name,
    readFileSync(new URL(`../public/demo/base/${name}`, import.meta.url)),
  ]);
  await workbench.open();
  const tensors = await workbench.run.outlook.textContent();
  await workbench.drop(await onDisk({ 'own-base': Object.fromEntries(own) }));
  await expect(workbench.recipe.base('own-base')).toBeVisible();
  await expect(workbench.recipe.experts).toHaveCount(0);
  await expect(workbench.notice).toContainText('Your models took the place of the demo family.');
  await workbench.recipe.add(/^Reverse/);
  await expect(workbench.run.outlook).toHaveText(
    new RegExp(`^${Number.parseInt(tensors ?? '', 10)} t`),
  );
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
});

test('gives the demo family back on undo', async ({ workbench, onDisk }) => {
  await workbench.open();
  await workbench.drop(await onDisk(family));
  await expect(workbench.recipe.experts).toHaveText(['tiny-first', 'tiny-second']);
  await workbench.notice.getByRole('button', { name: 'Undo' }).click();
  await expect(workbench.recipe.experts).toHaveText(['Reverse', 'Sort', 'Add']);
  await expect(workbench.run.merge).toBeEnabled();
});

onNewPage(
  'keeps models that are dropped before the demo has loaded',
  async ({ page, workbench, onDisk }) => {
    let letDemoLoad = () => {};
    const held = new Promise<void>((resolve) => {
      letDemoLoad = resolve;
    });
    await page.route('**/demo/family.json', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/');
    await expect(page.getByText('Opening the demo family…')).toBeVisible();
    await workbench.drop(await onDisk(family));
    await expect(workbench.recipe.experts).toHaveText(['tiny-first', 'tiny-second']);
    letDemoLoad();
    await expect
      .poll(async () => {
        await workbench.recipe.region.getByRole('button', { name: 'Add expert' }).click();
        const entry = page.getByRole('menuitem', { name: /^Reverse/ });
        const loaded = await entry.isVisible();
        await page.keyboard.press('Escape');
        return loaded;
      })
      .toBe(true);
    await expect(workbench.recipe.experts).toHaveText(['tiny-first', 'tiny-second']);
  },
);

test('merges models of few tensors in common, the rest as in the base', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  await workbench.drop(
    await onDisk({
      'tiny-base': weightsOnly(tinyTensors()),
      'tiny-part': weightsOnly(variant(tinyTensors(1), { without: [names.query, names.gate] })),
    }),
  );
  await workbench.showTab('Checks');
  await workbench.findings.getByRole('button', { name: 'Merge anyway' }).click();
  await workbench.method.setField('λ', '1');
  await workbench.merge();
  await expect(workbench.result.figure('Tensors changed')).toHaveText('2 / 4');
  const merged = await valuesOf(await weightsOf(workbench));
  const [before, after] = await Promise.all(
    [tinyTensors(), tinyTensors(1)].map((tensors) => valuesOf(Buffer.from(modelFile(tensors)))),
  );
  expect(merged).toEqual({
    ...before,
    [names.embedding]: after[names.embedding],
    [names.norm]: after[names.norm],
  });
});

function bytesOf(folders: typeof family): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(folders).map(([name, files]) => [
      name,
      [...files['model.safetensors']] as number[],
    ]),
  );
}
