import { holdWeights } from './fixtures/held-weights.ts';
import { jsonOf, outputOf, weightsOf } from './fixtures/output-folder.ts';
import { expect, onGpuToo, test } from './fixtures/test.ts';
import { compareBf16 } from './fixtures/weights.ts';

test(
  'finishes with the same weights when the graphics process crashes in the middle',
  onGpuToo,
  async ({ page, workbench, context }) => {
    await workbench.open();
    await workbench.run.choose('CPU');
    await workbench.merge();
    const onCpu = await weightsOf(workbench);

    await workbench.run.choose('WebGPU');
    await expect(workbench.run.device).toContainText(/^WebGPU/);
    const { letGo } = await holdWeights(page);
    await workbench.run.merge.click();
    await expect(workbench.run.region).toContainText(/Merging model\..*[1-9][\d.]* KB of/);
    const devtools = await context.browser()!.newBrowserCDPSession();
    await devtools.send('Browser.crashGpuProcess');
    letGo();
    await expect(workbench.result.verdict).toContainText('verified.', { timeout: 45_000 });
    const output = await outputOf(workbench);
    const { sameTensors, worst } = await compareBf16(onCpu, output['model.safetensors']);
    expect({ sameTensors, worst }).toEqual({ sameTensors: true, worst: 0 });
    const { remarkable } = jsonOf(output['amalgam-verify.json']);
    expect(JSON.stringify(remarkable)).toContain('GPU lost, done again');
  },
);
