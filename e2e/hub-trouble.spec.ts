import { asked, expect, test } from './fixtures/hub.ts';
import type { HubDialog } from './pages/hub-dialog.ts';
import type { Workbench } from './pages/workbench.ts';

const base = 'amalgam/tiny-skills-base';
const reverse = 'amalgam/tiny-skills-reverse';

async function takeTwo(dialog: HubDialog): Promise<void> {
  await dialog.add(base, 'Use as base');
  await dialog.add(reverse, 'Add as expert');
}

/** What a merge of the two makes without trouble; nothing of it is kept for the next. */
async function withoutTrouble(dialog: HubDialog, workbench: Workbench): Promise<string> {
  await takeTwo(dialog);
  const weights = await weightsOf(workbench);
  await keepNothing(dialog);
  return weights;
}

/** Nothing of the Hub is kept from one merge to the next. */
async function keepNothing(dialog: HubDialog): Promise<void> {
  await dialog.open();
  await dialog.box.getByRole('combobox', { name: 'Downloads kept up to' }).selectOption('nothing');
  await expect(dialog.box).toContainText('0 B of downloads kept'); // the limit holds at once
  await dialog.button('Close').click();
}

async function weightsOf(workbench: Workbench): Promise<string> {
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  let sha256: string | undefined;
  await expect(async () => {
    const files = await workbench.result.files();
    sha256 = files.find(({ name }) => name === 'model.safetensors')?.sha256;
    expect(sha256).toBeDefined();
  }).toPass();
  return sha256!;
}

test('connections that break at random bytes change no byte of the result', async ({
  hub,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  const undisturbed = await withoutTrouble(dialog, workbench);
  // Twenty seeds, five a merge: each breaks another range somewhere.
  for (let seed = 1; seed <= 20; seed += 5) {
    hub.faults.clear();
    hub.forgetRequests();
    for (let drop = 0; drop < 5; drop++) {
      hub.faults.add({ kind: 'drop', after: { seed: seed + drop }, origin: 'cdn', skip: drop });
    }
    expect(await weightsOf(workbench)).toBe(undisturbed);
    expect(hub.faults.left).toBe(0);
  }
});

test('a server that answers a range with the whole file gives the same result', async ({
  hub,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  const undisturbed = await withoutTrouble(dialog, workbench);
  hub.faults.add({ kind: 'range-ignored', origin: 'cdn', times: 1000 });
  expect(await weightsOf(workbench)).toBe(undisturbed);
  expect(hub.requests.some(({ origin, status }) => origin === 'cdn' && status === 200)).toBe(true);
});

test('expired addresses, a busy Hub and 503 are waited for and tried again', async ({
  hub,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  const undisturbed = await withoutTrouble(dialog, workbench);
  hub.faults.add({ kind: 'expired', origin: 'cdn', times: 2 });
  hub.faults.add({ kind: 'rate-limit', seconds: 1, origin: 'hub', path: 'resolve' });
  hub.faults.add({ kind: 'status', status: 503, origin: 'hub', path: 'resolve', skip: 1 });
  expect(await weightsOf(workbench)).toBe(undisturbed);
  const statuses = hub.requests.map(({ status }) => status);
  expect(statuses).toEqual(expect.arrayContaining([403, 429, 503]));
});

test('a merge waits while the device is offline, says so, and goes on', async ({
  hub,
  page,
  context,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  const undisturbed = await withoutTrouble(dialog, workbench);
  hub.faults.add({ kind: 'slow', bytesPerSecond: 400_000, origin: 'cdn', times: 100 });
  await workbench.run.merge.click();
  await expect(workbench.run.region).toContainText('downloaded');
  await context.setOffline(true);
  await expect(workbench.run.region.getByRole('status')).toContainText(/offline|connection broke/);
  await page.waitForTimeout(5000);
  await expect(workbench.run.cancel).toBeVisible();
  hub.faults.clear();
  await context.setOffline(false);
  await expect(workbench.result.verdict).toContainText('verified.', { timeout: 45_000 });
  const files = await workbench.result.files();
  expect(files.find(({ name }) => name === 'model.safetensors')?.sha256).toBe(undisturbed);
});

test('a merge begun offline shows itself, waits and goes on', async ({
  page,
  context,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await takeTwo(dialog);
  await keepNothing(dialog);
  await page.waitForLoadState('networkidle'); // the parts not shown yet have come
  await context.setOffline(true);
  await workbench.run.merge.click();
  await expect(workbench.run.region.getByRole('status')).toContainText('This device is offline');
  await expect(workbench.result.panel).toContainText('Merging…');
  await dialog.open();
  await expect(dialog.box).toContainText('Find on Hugging Face');
  await dialog.search.fill('anything');
  await expect(dialog.box.getByRole('alert').first()).toContainText('this device is offline');
  await dialog.button('Close').click();
  await context.setOffline(false);
  await expect(workbench.result.verdict).toContainText('verified.', { timeout: 45_000 });
});

test('a file that changed on the server stops the merge by name', async ({
  hub,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await takeTwo(dialog);
  hub.faults.add({ kind: 'etag', etag: '"other"', origin: 'cdn', times: 1000 });
  const alert = await workbench.mergeInVain();
  await expect(alert).toContainText('changed on the server');
  await expect(alert).toContainText('safetensors');
});

test('a browser that is kept from the Hub is told so in plain words', async ({
  hub,
  dialog,
  openOnHub,
}) => {
  hub.faults.add({ kind: 'no-cors', times: 1000 });
  await openOnHub();
  await dialog.open();
  const alert = dialog.box.getByRole('alert').first();
  await expect(alert).toContainText('no answer, or one that the browser withheld', {
    timeout: 30_000,
  });
  await expect(alert).toContainText('An extension, a firewall or a company network may block it');
});

test('the token goes to the Hub and nowhere else', async ({
  hub,
  page,
  dialog,
  openOnHub,
  workbench,
}) => {
  const logged: string[] = [];
  page.on('console', (message) => logged.push(message.text()));
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const isHub = request.url().startsWith(hub.url);
    if (!isHub && JSON.stringify(request.headers()).includes('hf_owner')) {
      elsewhere.push(request.url());
    }
    if (request.url().includes('hf_owner')) elsewhere.push(request.url());
  });
  await openOnHub();
  await dialog.open();
  await dialog.signIn('hf_owner', true);
  await expect(dialog.box).toContainText('Signed in as owner');
  await dialog.button('Close').click();
  await takeTwo(dialog);
  await weightsOf(workbench);
  await workbench.button('Publish…').click();
  const publish = workbench.dialog('Publish on Hugging Face');
  await publish.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(publish).toContainText('The Hub holds the same bytes');

  expect(hub.requests.some(({ origin, isAuthorized }) => origin === 'hub' && isAuthorized)).toBe(
    true,
  );
  for (const { origin, headers, path } of hub.requests) {
    if (origin !== 'hub') expect(JSON.stringify(headers)).not.toContain('hf_owner');
    expect(path).not.toContain('hf_owner');
  }
  expect(elsewhere).toEqual([]);
  expect(logged.join('\n')).not.toContain('hf_owner');
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('hf_owner');
  await workbench.page.keyboard.press('Escape');
  await workbench.button('Share link').click();
  const link = await page.getByRole('textbox', { name: 'Share link' }).inputValue();
  const recipe = Buffer.from(link.split('#r=')[1], 'base64url').toString();
  expect(recipe).toContain('tiny-skills-base');
  expect(recipe).not.toContain('hf_owner');
  const pushed = Buffer.from(hub.read('owner/merged-model', 'README.md') ?? []).toString();
  expect(pushed).toContain('amalgam');
  expect(pushed).not.toContain('hf_owner');
  const pushedRecipe = hub.read('owner/merged-model', 'amalgam-recipe.json') ?? [];
  expect(Buffer.from(pushedRecipe).toString()).not.toContain('hf_owner');

  // This tab alone remembers it, and signing out forgets.
  await page.reload();
  await expect(workbench.run.merge).toBeEnabled();
  await dialog.open();
  await expect(dialog.box).toContainText('Signed in as owner');
  await dialog.button('Sign out').click();
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(
    'hf_owner',
  );
});

test('a push that fails keeps the files here and leaves no repo behind', async ({
  hub,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await takeTwo(dialog);
  await weightsOf(workbench);
  await workbench.button('Publish…').click();
  await dialog.signIn('hf_owner');
  const publish = workbench.dialog('Publish on Hugging Face');
  hub.faults.add({ kind: 'status', status: 400, path: '/commit/', times: 10 });
  await publish.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(publish).toContainText('The merged files are still here, as they were.', {
    timeout: 30_000,
  });
  expect(hub.repos.has('owner/merged-model')).toBe(false);

  hub.faults.clear();
  await publish.getByRole('button', { name: 'Try again' }).click();
  await expect(publish).toContainText('The Hub holds the same bytes');
  expect(asked(hub).some((line) => line.includes('POST hub /api/repos/create'))).toBe(true);
});

test('signs in through the page of the Hub', async ({
  hub,
  page,
  dialog,
  openOnHub,
  workbench,
}) => {
  await page.route('**/config.json', (route) =>
    route.request().url().includes('/demo/')
      ? route.fallback()
      : route.fulfill({ json: { hubUrl: hub.url, oauthClientId: 'amalgam-test' } }),
  );
  await openOnHub();
  await dialog.open();
  await dialog.box.getByText('Sign in', { exact: true }).first().click();
  await dialog.button('Sign in with Hugging Face').click();
  await page.waitForURL(({ hostname, search }) => hostname === 'localhost' && search === '');
  await expect(workbench.run.merge).toBeEnabled();
  await dialog.open();
  await expect(dialog.box).toContainText('Signed in as owner');
  expect(new URL(page.url()).search).not.toContain('code=');
});
