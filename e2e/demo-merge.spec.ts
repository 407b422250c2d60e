import { readFileSync } from 'node:fs';
import type { MergeMethod } from '../src/methods/method.ts';
import { canonicalJson } from '../src/recipe/canonical.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { methods } from './fixtures/methods.ts';
import { jsonOf, outputOf, sha256, weightsOf } from './fixtures/output-folder.ts';
import { hasWebgpu, onGpuToo, test as onNewPage, preferGpu } from './fixtures/test.ts';
import { compareBf16, headerByHub, headerOf } from './fixtures/weights.ts';
import type { Workbench } from './pages/workbench.ts';

const demo = (file: string) => readFileSync(new URL(`../public/demo/${file}`, import.meta.url));

onNewPage('shows the demo family within two seconds', async ({ page, workbench }) => {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('article[aria-label="Expert, Add"]')) return;
      performance.mark('demo family');
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  const times: number[] = [];
  // The best of three: other tests use the same cores.
  for (let visit = 0; visit < 3; visit++) {
    await workbench.open();
    times.push(await page.evaluate(() => performance.getEntriesByName('demo family')[0].startTime));
  }
  expect(Math.min(...times)).toBeLessThan(2000);
  await expect(workbench.recipe.base('Base')).toBeVisible();
  await expect(workbench.recipe.experts).toHaveText(['Reverse', 'Sort', 'Add']);
  await expect(workbench.run.merge).toBeEnabled();
});

test('says which backend it picks and why', onGpuToo, async ({ workbench }) => {
  await workbench.open();
  await expect(workbench.run.device).toContainText(/CPU \(\d+ workers?\)/);
  await expect(workbench.run.device).toContainText(
    hasWebgpu() ? 'emulated and slower' : 'no graphics adapter',
  );
  await workbench.run.choose('WebGPU');
  if (hasWebgpu()) await expect(workbench.run.device).toContainText(/^WebGPU/);
  else await expect(workbench.run.device).toContainText('no graphics adapter');
});

const families = [...new Set(methods.map(({ family }) => family))];

/** How many of the demo’s three models a method merges. */
const takes = ({ arity }: MergeMethod) => Math.min(3, arity.models[1]);

/** Those of a family that merge all models come first: the others merge what is left when some were removed. */
const membersOf = (family: string) =>
  methods.filter((method) => method.family === family).toSorted((a, b) => takes(b) - takes(a));

/**
 * Both processors agree on every method by tests of their own; here the first of each family shows it in the page. What takes
 * matrices apart runs on the CPU.
 */
const onGpu = (family: string) =>
  methods.filter((method) => method.family === family && !method.decomposes).slice(0, 1);

for (const family of families) {
  test(
    `merges the demo family with the methods of the family ${family} into verified folders`,
    onGpu(family).length > 0 ? onGpuToo : {},
    async ({ workbench }) => {
      const members = hasWebgpu() ? onGpu(family) : membersOf(family);
      test.setTimeout(180_000 * members.length);
      await workbench.open();
      for (const method of members) {
        await test.step(method.title, async () => {
          await prepare(workbench, method);
          await workbench.merge();
          const weights = await verifiedWeights(workbench, method);
          if (hasWebgpu()) await compareWithGpu(workbench, weights);
        });
      }
    },
  );
}

test('makes the same bytes each time it runs a recipe', onGpuToo, async ({ workbench }) => {
  await workbench.open();
  await preferGpu(workbench);
  await workbench.method.choose('DARE');
  const sums: string[] = [];
  for (let run = 0; run < 2; run++) {
    await workbench.merge();
    sums.push(sha256(await weightsOf(workbench)));
  }
  expect(sums[0]).toBe(sums[1]);
});

test('computes other numbers in each dialect', onGpuToo, async ({ workbench }) => {
  await workbench.open();
  await preferGpu(workbench);
  await workbench.method.choose('TIES');
  const sums = new Set<string>();
  for (const dialect of ['Paper', 'PEFT', 'mergekit'] as const) {
    await workbench.method.setDialect(dialect);
    await workbench.merge();
    const weights = await weightsOf(workbench);
    expect((await headerOf(weights)).metadata['dialect']).toBe(dialect.toLowerCase());
    sums.add(sha256(weights.subarray((await headerOf(weights)).byteLength)));
  }
  expect(sums.size).toBe(3);
});

test('writes shards with an index in the precision that was chosen', async ({ workbench }) => {
  await workbench.open();
  const { region } = workbench.method;
  await workbench.method.unfold('Output');
  await region.getByLabel('Weight files').selectOption('shards of 500 KB');
  await workbench.method.radio('Output precision', 'F32').check({ force: true });
  await workbench.merge();
  const output = await outputOf(workbench);

  const shards = Object.keys(output).filter((name) => name.endsWith('.safetensors'));
  expect(shards.length).toBeGreaterThan(3);
  const index = jsonOf(output['model.safetensors.index.json']);
  const found: Record<string, string> = {};
  let size = 0;
  for (const shard of shards) {
    for (const { name, dtype, begin, end } of (await headerOf(output[shard])).tensors) {
      found[name] = shard;
      size += end - begin;
      expect(dtype).toBe('F32');
    }
  }
  expect(index).toEqual({ metadata: { total_size: size }, weight_map: found });
  const config = jsonOf(output['config.json']);
  expect(config.dtype ?? config.torch_dtype).toBe('float32');
});

async function prepare(workbench: Workbench, method: MergeMethod): Promise<void> {
  await workbench.method.choose(method.title);
  for (let count = await workbench.recipe.experts.count(); count > takes(method); count--) {
    await workbench.recipe.remove(count === 3 ? 'Add' : 'Sort');
  }
  await expect(workbench.run.merge).toBeEnabled();
}

/** What the page shows of a merge and what it wrote are one and the same, and all there: returns the weights. */
async function verifiedWeights(workbench: Workbench, method: MergeMethod): Promise<Buffer> {
  await expect(workbench.result.verdict).toHaveText('Merged, written, read back and verified.');
  // One model alone, with nothing to be compared to, goes through as it is.
  const isAlone = method.arity.models[1] === 1 && method.arity.base === 'none';
  const figure = workbench.result.figure('Tensors changed');
  if (isAlone) await expect(figure).toHaveCount(0);
  else expect(Number((await figure.textContent())?.split('/')[0])).toBeGreaterThan(0);

  const shown = await workbench.result.files();
  const output = await outputOf(workbench);
  expect(shown.map(({ name }) => name).sort()).toEqual(
    Object.keys(output)
      .filter((name) => name !== 'amalgam-verify.json')
      .sort(),
  );
  for (const { name, sha256: expected } of shown) expect(sha256(output[name])).toBe(expected);
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json']) {
    expect(output[file].equals(demo(`base/${file}`))).toBe(true);
  }
  expect(jsonOf(output['config.json']).architectures).toEqual(['LlamaForCausalLM']);
  expect(output['README.md'].toString()).toContain(`by **${method.title}**`);
  const report = jsonOf(output['amalgam-verify.json']);
  expect(report).toMatchObject({ ok: true, problems: [], nan: 0 });

  const weights = output['model.safetensors'];
  const header = await headerOf(weights);
  expect(header.tensors).toHaveLength(report.tensors);
  const byHub = await headerByHub(weights);
  for (const { name, dtype, shape } of header.tensors) {
    expect(byHub[name]).toMatchObject({ dtype, shape });
  }
  const recipe = jsonOf(output['amalgam-recipe.json']);
  expect(recipe.method).toBe(method.id);
  expect(header.metadata).toMatchObject({
    format: 'pt',
    method: method.id,
    dialect: 'paper',
    recipe_sha256: sha256(Buffer.from(canonicalJson(recipe))),
  });
  expect(header.metadata['backend']).toBe('cpu');
  expect(report.backend).toMatch(/^CPU \(\d+ workers?\)$/);
  expect(header.metadata['amalgam_version']).toMatch(/^\d+\.\d+\.\d+$/);
  return weights;
}

async function compareWithGpu(workbench: Workbench, onCpu: Buffer): Promise<void> {
  await workbench.run.choose('WebGPU');
  await expect(workbench.run.device).toContainText(/^WebGPU/);
  await workbench.merge();
  // No tensor went to the CPU after all.
  await expect(workbench.result.note('Time')).toHaveText(/^WebGPU\b(?!.*then)/);
  const onGpu = await weightsOf(workbench);
  expect((await headerOf(onGpu)).metadata['backend']).toBe('webgpu');
  const { sameTensors, elements, differing, worst } = await compareBf16(onCpu, onGpu);
  const description = `${differing} of ${elements} elements, at most ${worst} units in the last place`;
  test.info().annotations.push({ type: 'CPU and WebGPU differ in', description });
  expect(sameTensors).toBe(true);
  expect(worst).toBeLessThanOrEqual(1);
}
