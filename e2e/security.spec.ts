import type { Page } from '@playwright/test';
import { headersFile, pagePolicy, sentPolicy } from '../tools/security-policy.ts';
import { expect, test } from './fixtures/hub.ts';
import { onGpuToo, preferGpu } from './fixtures/test.ts';

const hubUrl = 'https://huggingface.co';

/** Hears in the page or a worker what the policy refuses, and passes it on to the page. */
const hearRefusals = () =>
  self.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    new BroadcastChannel('refused').postMessage(`${effectiveDirective} ${blockedURI}`),
  );

/** What the policy refuses the page and its workers from now on, each thing once. */
async function watch(page: Page): Promise<() => Promise<readonly string[]>> {
  const refusals = new Set<string>();
  await page.exposeFunction('refused', (text: string) => refusals.add(text));
  await page.addInitScript(() => {
    new BroadcastChannel('refused').onmessage = ({ data }) => Reflect.get(self, 'refused')(data);
  });
  await page.addInitScript(hearRefusals);
  page.on('worker', (worker) => void worker.evaluate(hearRefusals));
  return async () => [...refusals].toSorted();
}

/** What a worker can do: names of what came, or of what was thrown. */
async function abilities(): Promise<Readonly<Record<string, string>>> {
  // What the devtools evaluate may evaluate text; what comes later may not.
  await new Promise((resolve) => setTimeout(resolve));
  const outcome = (work: () => unknown) =>
    new Promise((resolve) => resolve(work())).then(
      () => 'done',
      (error: Error) => error.name,
    );
  const smallest = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  return {
    wasm: await outcome(() => WebAssembly.instantiate(smallest)),
    // biome-ignore lint/security/noGlobalEval: it must be refused
    text: await outcome(() => globalThis.eval('1 + 1')),
    otherHost: await outcome(() => fetch('https://tokens.example/')),
  };
}

test('the policy is in the page, in its headers, in those of its scripts and in the headers file', async ({
  page,
  workbench,
}) => {
  const sent = new Map<string, string | undefined>();
  page.on('response', (response) => {
    const kind = /(\w+\.worker)-[^/]+\.js$/.exec(response.url())?.[1];
    if (kind) sent.set(kind, response.headers()['content-security-policy']);
  });
  const response = await page.goto('/');
  expect(response?.headers()).toMatchObject({
    'content-security-policy': sentPolicy(hubUrl),
    'x-content-type-options': 'nosniff',
  });
  const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
  await expect(meta).toHaveAttribute('content', pagePolicy(hubUrl));
  expect(await (await page.request.get('/_headers')).text()).toBe(headersFile(hubUrl));

  await expect(workbench.run.merge).toBeEnabled();
  await workbench.merge();
  expect(Object.fromEntries(sent)).toEqual({
    'check.worker': sentPolicy(hubUrl),
    'engine.worker': sentPolicy(hubUrl),
    'kernel.worker': sentPolicy(hubUrl),
  });
});

test(
  'nothing is refused while the page finds a model, merges, saves and opens its dialogs',
  onGpuToo,
  async ({ page, dialog, hub, workbench }) => {
    const refused = await watch(page);
    await workbench.open(`/?hub=${hub.url}`);
    await preferGpu(workbench);
    await dialog.add('amalgam/tiny-skills-base', 'Use as base');
    await dialog.add('amalgam/tiny-skills-sort', 'Add as expert');
    await workbench.merge();
    await workbench.downloaded(() => workbench.result.zip.click());
    for (const [button, title] of [
      ['Suggest a method', 'Suggest a method'],
      ['Share link', 'Share this recipe'],
      ['Publish…', 'Publish on Hugging Face'],
    ] as const) {
      await workbench.button(button).click();
      await expect(workbench.dialog(title)).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(workbench.dialog(title)).toHaveCount(0);
    }
    for (const tab of ['Method', 'Checks', 'Plan', 'Tensors', 'Result'] as const) {
      await workbench.showTab(tab);
    }
    expect(await refused()).toEqual([]);
  },
);

test.describe('what does not belong to the page', () => {
  test.use({ mayBeRefused: /./ });

  test('a script, a handler or a style put into the page does nothing, and no other host is asked', async ({
    page,
    workbench,
  }) => {
    const refused = await watch(page);
    await workbench.open();
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = "script"';
      document.body.append(script);
      const holder = document.createElement('div');
      holder.innerHTML =
        '<img src="data:," onerror="window.injected = 1"><p id="styled" style="color: red"></p>';
      document.body.append(holder);
      const style = document.createElement('style');
      style.textContent = '#root { display: none }';
      document.head.append(style);
      const remote = document.createElement('script');
      remote.src = 'https://scripts.example/x.js';
      document.body.append(remote);
    });
    const asked = await page.evaluate(() => fetch('https://tokens.example/').then(String, String));
    expect(asked).toMatch(/^TypeError/);
    await expect
      .poll(refused)
      .toEqual([
        'connect-src https://tokens.example/',
        'img-src data',
        'script-src-attr inline',
        'script-src-elem https://scripts.example/x.js',
        'script-src-elem inline',
        'style-src-attr inline',
        'style-src-elem inline',
      ]);
    expect(await page.evaluate('window.injected')).toBeUndefined();
    await expect(workbench.run.merge).toBeVisible();
  });

  test('workers run WebAssembly, evaluate no text and ask no other host', async ({
    page,
    workbench,
  }) => {
    const refused = await watch(page);
    const found: Promise<readonly [string | undefined, unknown]>[] = [];
    page.on('worker', (worker) => {
      const name = /\w+\.worker/.exec(worker.url())?.[0];
      found.push(worker.evaluate(abilities).then((able) => [name, able] as const));
    });
    await workbench.open();
    await workbench.merge();
    const able = { wasm: 'done', text: 'EvalError', otherHost: 'TypeError' };
    expect(Object.fromEntries(await Promise.all(found))).toEqual({
      'check.worker': able,
      'engine.worker': able,
      'kernel.worker': able,
    });
    await expect.poll(refused).toEqual(['connect-src https://tokens.example/', 'script-src eval']);
  });
});
