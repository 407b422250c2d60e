/** A merge as a person does it: the recipe and the models dropped on the built page, Merge pressed. */
import { statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'playwright/test';
import { Workbench } from '../e2e/pages/workbench.ts';
import { emptyRecipe } from '../src/recipe/defaults.ts';
import type { ModelRef, Recipe } from '../src/recipe/recipe.ts';
import { inBrowser, type Watched } from './browser.ts';
import type { Surroundings } from './part.ts';
import { expertValues } from './values.ts';

export type WorkbenchOrder = {
  /** Folders with a `model.safetensors` each, all in one folder: the base, then the experts. */
  readonly models: readonly string[];
  readonly method: string;
  readonly dialect?: Recipe['dialect'];
  readonly values?: Recipe['values'];
  /** Whether the first model is one of the merged ones instead of the base. */
  readonly withoutBase?: boolean;
  /** Where the merged weights are put, for a comparison. */
  readonly saveTo?: string;
};

const patience = 600_000;

export async function mergeOnWorkbench(
  { chromium, address }: Surroundings,
  order: WorkbenchOrder,
): Promise<Watched<{ readonly seconds: number }>> {
  const recipeFile = join(dirname(order.models[0]), 'bench.recipe.json');
  writeFileSync(recipeFile, JSON.stringify(recipeOf(order)));
  return inBrowser(
    chromium,
    address,
    async ({ page, watch }) => {
      const workbench = new Workbench(page);
      await expect(workbench.run.merge).toBeEnabled({ timeout: patience });
      await workbench.drop([recipeFile]);
      await expect(workbench.notice).toContainText('is in place');
      await workbench.drop(order.models);
      await workbench.run.choose('CPU');
      await expect(workbench.run.merge).toBeEnabled({ timeout: patience });
      const merged = await watch(async () => {
        const began = performance.now();
        await workbench.run.merge.click();
        await expect(workbench.result.verdict).toHaveText(/verified\./, { timeout: patience });
        return { seconds: (performance.now() - began) / 1000 };
      });
      if (order.saveTo) {
        const button = workbench.result.downloadOf('model.safetensors');
        const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
        await download.saveAs(order.saveTo);
      }
      return merged;
    },
    // Without the picker the page saves into private storage, and no dialog stands in the way.
    { init: () => Reflect.deleteProperty(window, 'showDirectoryPicker') },
  );
}

/** The models are recognised by name and bytes when they are dropped. */
function recipeOf({ models, method, dialect, values, withoutBase }: WorkbenchOrder) {
  const refs = models.map((path): ModelRef => {
    const bytes = statSync(join(path, 'model.safetensors')).size;
    return { id: basename(path), name: basename(path), origin: 'local', bytes };
  });
  const experts = withoutBase ? refs : refs.slice(1);
  const recipe = emptyRecipe();
  return {
    ...recipe,
    method,
    dialect: dialect ?? recipe.dialect,
    values: values ?? {},
    base: withoutBase ? null : refs[0],
    experts: experts.map((model) => ({ model, values: expertValues(method) })),
    output: { ...recipe.output, name: 'bench' },
  } satisfies Recipe;
}
