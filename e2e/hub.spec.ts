import { axeOn } from './fixtures/axe.ts';
import { asked, expect, test, weightBytes } from './fixtures/hub.ts';
import { sha256 } from './fixtures/output-folder.ts';
import { privateFile } from './fixtures/private-storage.ts';

const base = 'amalgam/tiny-skills-base';
const reverse = 'amalgam/tiny-skills-reverse';
const sort = 'amalgam/tiny-skills-sort';

test('finds a base and two experts, merges, verifies and publishes them', async ({
  hub,
  page,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await dialog.open();
  await dialog.search.fill('skills-base');
  await expect(dialog.results).toHaveText([new RegExp(`^${base}`)]);
  await dialog.results.first().click();
  await expect(dialog.repo(base)).toContainText('Licence: mit');
  await expect(dialog.repo(base)).toContainText('Open LLM Leaderboard');
  await dialog.button('Use as base').click();
  await expect(workbench.recipe.base(base)).toContainText('818 K params');

  // The base leads to what was made from it.
  await dialog.open();
  await dialog.search.fill('');
  await dialog.box.getByRole('checkbox', { name: `Made from ${base}` }).check();
  await dialog.result(reverse).click();
  await dialog.button('Add as expert').click();
  await dialog.add(sort, 'Add as expert');
  await expect(workbench.recipe.experts).toHaveText([reverse, sort]);

  await workbench.merge();
  await expect(workbench.result.verdict).toHaveText('Merged, written, read back and verified.');
  const shown = await workbench.result.files();

  await workbench.button('Publish…').click();
  await dialog.signIn('hf_owner');
  const publish = workbench.dialog('Publish on Hugging Face');
  await expect(publish).toContainText('Signed in as owner');
  await expect(publish.getByLabel('Licence')).toHaveValue('mit');
  await publish.getByLabel('Name of the repo').fill('two-skills');
  await publish.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(publish).toContainText('The Hub holds the same bytes as this computer.');
  await expect(publish.getByRole('link', { name: `${hub.url}/owner/two-skills` })).toBeVisible();

  for (const { name, sha256: expected } of shown.filter(({ name }) => name !== 'README.md')) {
    expect(sha256(Buffer.from(hub.read('owner/two-skills', name) ?? []))).toBe(expected);
  }
  const card = Buffer.from(hub.read('owner/two-skills', 'README.md') ?? []).toString();
  expect(card).toContain('license: "mit"');
  expect(card).toContain(`base_model:\n- "${base}"\n- "${reverse}"\n- "${sort}"`);
  expect(card).toContain('- merge\n- amalgam');
  const recipe = JSON.parse(
    (await privateFile(page, 'merges/merged-model/files/amalgam-recipe.json')).toString(),
  );
  expect(recipe.base.hub).toEqual({
    repo: base,
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    weights: 'model-00001-of-00002.safetensors',
  });
});

test('reads no more than a header before the merge', async ({
  hub,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await dialog.open();
  await dialog.search.fill(reverse);
  await expect(dialog.repo(reverse)).toContainText('model.safetensors');
  const searching = asked(hub).length;
  await dialog.button('Use as base').click();
  await expect(workbench.recipe.base(reverse)).toContainText('818 K params');
  const opening = asked(hub)
    .slice(searching)
    .filter((line) => !/leaderboard|api.models\?/.test(line));
  // The listing was one request more; a redirect to the storage is one each.
  // The header, and the small files that say what the model is and how it speaks.
  const files = opening
    .filter((line) => line.includes(' hub '))
    .map((line) => line.slice(line.lastIndexOf('/') + 1));
  expect(files.sort()).toEqual([
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer_config.json',
  ]);

  expect(weightBytes(hub)).toBeLessThan(600_000); // what one look at the head of a file takes at most

  hub.forgetRequests();
  await dialog.add(base, 'Add as expert');
  await expect(workbench.recipe.expert(base)).toContainText('818 K params');
  const sharded = asked(hub).filter((line) => /GET hub .*resolve.*safetensors/.test(line));
  expect(sharded).toHaveLength(3); // two shards and their index
});

test('a second merge of the same models downloads no weights', async ({
  hub,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await dialog.add(base, 'Use as base');
  await dialog.add(reverse, 'Add as expert');
  await workbench.merge();
  const first = await workbench.result.files();
  expect(weightBytes(hub)).toBeGreaterThan(1e6);

  hub.forgetRequests();
  await workbench.merge();
  await expect(workbench.result.panel).toContainText('verified.');
  expect(weightBytes(hub)).toBe(0);
  expect(await workbench.result.files()).toEqual(first);

  // What is kept can be seen, and thrown away.
  await dialog.open();
  await expect(dialog.box).toContainText(/[\d.]+ MB of downloads kept/);
  await dialog.button('Clear').click();
  await expect(dialog.box).toContainText('0 B of downloads kept');
});

test('a recipe opens its pinned models again, after a reload and after the repo moved on', async ({
  hub,
  page,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await dialog.add(base, 'Use as base');
  await dialog.add(reverse, 'Add as expert');
  await workbench.merge();
  const weights = async () =>
    (await workbench.result.files()).find(({ name }) => name === 'model.safetensors')?.sha256;
  const before = await weights();
  hub.push(reverse, { 'model.safetensors': new Uint8Array(hub.read(sort, 'model.safetensors')!) });
  await page.reload();
  await expect(workbench.recipe.expert(reverse)).toContainText('818 K params');
  await workbench.merge();
  expect(await weights()).toBe(before);
});

test('a share link carries the pins', async ({
  page,
  dialog,
  openOnHub,
  workbench,
  context,
  hub,
}) => {
  await openOnHub();
  await dialog.add(base, 'Use as base');
  await workbench.button('Share link').click();
  const link = await page.getByRole('textbox', { name: 'Share link' }).inputValue();
  const other = await context.newPage();
  await other.goto(link.replace('#', `${link.includes('?') ? '' : `?hub=${hub.url}`}#`));
  await expect(other.getByRole('article', { name: `Base, ${base}` })).toContainText('818 K params');
});

test('says why pickles and other kinds of repos cannot be taken', async ({ dialog, openOnHub }) => {
  await openOnHub();
  await dialog.open();
  await dialog.search.fill('community/tiny-skills-pickle');
  const pickle = dialog.repo('community/tiny-skills-pickle');
  await expect(pickle).toContainText('There are no weights in this repo that can be merged.');
  await expect(pickle).toContainText('a Python pickle, which can run code when it is opened');
  await dialog.search.fill('https://huggingface.co/datasets/a/b');
  await expect(dialog.box.locator('.hub-refused')).toContainText('This is a data set');
  await dialog.search.fill('zzz');
  await expect(dialog.box).toContainText('Nothing found.');
});

test('an adapter brings its base: found by the name in its config, and merged', async ({
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await dialog.add('amalgam/tiny-skills-reverse-lora', 'Add as expert');
  await workbench.showTab('Checks');
  await workbench.button(`Find ${base} on the Hub`).click();
  await dialog.repo(base).getByRole('button', { name: 'Use as base' }).click();
  await expect(workbench.recipe.base(base)).toContainText('818 K params');
  await expect(workbench.run.merge).toBeEnabled();
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
});

test('one repo may hold several weights', async ({ dialog, openOnHub, workbench }) => {
  const variants = 'community/tiny-skills-variants';
  await openOnHub();
  await dialog.add(base, 'Use as base');
  await dialog.add(variants, 'Add as expert', 'sort.safetensors');
  await dialog.add(variants, 'Add as expert', 'reverse.safetensors');
  await expect(workbench.recipe.experts).toHaveText([variants, variants]);
  await expect(workbench.run.merge).toBeEnabled();
});

test('gated models need a name that was let in', async ({ hub, dialog, openOnHub, workbench }) => {
  const gated = 'amalgam/tiny-skills-gated';
  await openOnHub();
  await dialog.open();
  await dialog.search.fill(gated);
  await dialog.repo(gated).getByRole('button', { name: 'Use as base' }).click();
  const card = workbench.recipe.base(gated);
  await expect(card.getByRole('alert')).toContainText('its owner gives access on request');
  await expect(card.getByRole('link')).toHaveAttribute('href', `${hub.url}/${gated}`);

  await dialog.open();
  await dialog.signIn('hf_visitor');
  await expect(dialog.box).toContainText('Signed in as visitor');
  await dialog.button('Sign out').click();
  await dialog.signIn('hf_wrong');
  await expect(dialog.box.getByRole('alert')).toContainText('the token is not valid');
  await dialog.signIn('hf_member');
  await expect(dialog.box).toContainText('Signed in as member');
  await dialog.button('Close').click();
  await expect(card).toContainText('818 K params');
});

test('private and missing repos are told apart from gated ones', async ({ dialog, openOnHub }) => {
  await openOnHub();
  await dialog.open();
  await dialog.search.fill('amalgam/tiny-skills-private');
  const shown = dialog.repo('amalgam/tiny-skills-private');
  await expect(shown.getByRole('alert')).toContainText('there is no such repo, or it is private');
  await dialog.signIn('hf_owner');
  await expect(dialog.box).toContainText('Signed in as owner');
  await shown.getByRole('button', { name: 'Try again' }).click();
  await expect(shown).toContainText('model.safetensors');
  await dialog.search.fill('nobody/nothing');
  await expect(dialog.repo('nobody/nothing').getByRole('alert')).toContainText(
    'there is no such repo, or it is private and this account cannot see it',
  );
});

test('a push to a repo of one’s own takes the place of the weights that were there', async ({
  hub,
  page,
  dialog,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await dialog.add(base, 'Use as base');
  await dialog.add(reverse, 'Add as expert');
  await workbench.merge();
  await workbench.button('Publish…').click();
  await dialog.signIn('hf_owner');
  const publish = workbench.dialog('Publish on Hugging Face');
  await publish.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(publish).toContainText('The Hub holds the same bytes');
  expect(hub.read('owner/merged-model', 'model.safetensors')).not.toBeNull();
  await publish.getByRole('button', { name: 'Close' }).click();

  await workbench.method.unfold('Output');
  await workbench.method.region.getByLabel('Weight files').selectOption({ index: 1 });
  await workbench.merge();
  await workbench.button('Publish…').click();
  await publish.getByLabel('Name of the repo').fill('merged-model');
  await publish.getByRole('radio', { name: 'exists already' }).check({ force: true });
  await publish.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(publish).toContainText('The Hub holds the same bytes');
  expect(hub.read('owner/merged-model', 'model.safetensors.index.json')).not.toBeNull();
  expect(hub.read('owner/merged-model', 'model.safetensors')).toBeNull();
  await page.keyboard.press('Escape');
});

test('takes a file of a data set as a task, pinned to its commit', async ({
  hub,
  page,
  openOnHub,
  workbench,
}) => {
  await openOnHub();
  await workbench.showTab('Evaluate');
  const view = page.getByRole('tabpanel', { name: 'Evaluate' });
  await view.getByRole('button', { name: 'From the Hub…' }).click();
  const dialog = workbench.dialog('Tasks from the Hub');
  await dialog.getByRole('textbox', { name: 'Data set' }).fill('amalgam/no-tasks');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('there is no such repo, or it is private');
  await dialog.getByRole('textbox', { name: 'Data set' }).fill('amalgam/word-tasks');
  await page.keyboard.press('Enter');
  const commit = hub.repos.get('datasets/amalgam/word-tasks')!.refs.get('main')!;
  await expect(dialog).toContainText(`at commit ${commit.slice(0, 10)}`);
  await expect(dialog.getByRole('button', { name: /^Open / })).toHaveCount(2);
  const { violations } = await axeOn(page).include('.dialog').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await dialog.getByRole('button', { name: 'Open words/test-00000-of-00001.parquet' }).click();

  const columns = workbench.dialog('What is asked of word-tasks words/test');
  await columns.getByRole('combobox', { name: 'Prompt' }).selectOption('word');
  await columns.getByRole('combobox', { name: 'Answer', exact: true }).selectOption('turned');
  await columns.getByRole('textbox', { name: 'Asked as' }).fill('rev:{word}={answer}');
  await columns.getByRole('button', { name: /^Add the task/ }).click();
  const task = view.getByRole('listitem').filter({ hasText: 'word-tasks words/test' });
  await expect(task).toContainText('8 promptsrev:qwcw=wcwq');
  await expect(task).toContainText(
    `amalgam/word-tasks: words/test-00000-of-00001.parquet at ${commit.slice(0, 10)}`,
  );
});
