import type { Choice } from '../../hub/choices.ts';
import type { HubRepo } from '../../hub/repo.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { ModelRef, Recipe } from '../../recipe/recipe.ts';
import { handlesOf } from '../../stores/hub-handles.ts';
import { failureOf, openModel, type Session } from '../../stores/session.ts';
import { membersOf } from '../members.ts';
import { connectionOf, lookedOn } from './connect.ts';

/** Takes weights of a repo into the recipe, and reads their headers. */
export async function add(
  session: Session,
  repo: HubRepo,
  choice: Choice,
  role: 'base' | 'expert',
): Promise<void> {
  const { recipe, hub, view } = session;
  const ref = refTo(repo, choice);
  const before = recipe.getState().recipe;
  const members = membersOf(before);
  if (members.some(({ id }) => id === ref.id)) {
    view.getState().tell(`${repo.id} is in the recipe already.`);
    return;
  }
  hub.getState().remember(repo.id);
  const wasDemo = members.length > 0 && members.every(({ origin }) => origin === 'demo');
  const start = wasDemo ? withoutDemo(before) : before;
  session.models.getState().begin({ ...ref, summary: null }); // so that `reopen` leaves it to us
  recipe
    .getState()
    .replace(
      role === 'base'
        ? { ...start, base: ref }
        : { ...start, experts: [...start.experts, { model: ref, values: {} }] },
    );
  if (wasDemo) view.getState().tell('Your model took the place of the demo family.', true);
  await openModel(session, ref, handlesOf(repo, choice));
}

/** The method stays; what was set for the demo's models does not. */
function withoutDemo(recipe: Recipe): Recipe {
  const output = { ...recipe.output, name: emptyRecipe().output.name };
  return { ...recipe, base: null, experts: [], values: {}, rules: [], output };
}

function refTo(repo: HubRepo, { name, bytes }: Choice): ModelRef {
  const usual = name === 'model' || name === 'adapter_model';
  const pin = { repo: repo.id, commit: repo.commit, weights: name };
  return {
    id: `hub-${repo.id}-${repo.commit.slice(0, 8)}${usual ? '' : `-${name}`}`,
    name: repo.id,
    origin: 'hub',
    bytes,
    hub: pin,
  };
}

/** Opens what the recipe names on the Hub and is not open: after a reload, from a link or a file. */
export async function reopen(session: Session): Promise<void> {
  const { recipe, models } = session;
  const waiting = membersOf(recipe.getState().recipe).filter(
    ({ id, hub }) => hub !== undefined && models.getState().slots[id] === undefined,
  );
  await Promise.all(waiting.map((ref) => open(session, ref)));
}

/** Tries again, after a sign-in or a lost connection. */
export async function open(session: Session, ref: ModelRef): Promise<void> {
  const { hub: pin } = ref;
  if (!pin) return;
  session.models.getState().begin({ ...ref, summary: null });
  try {
    const [{ openRepo }, { choices }] = await Promise.all([
      import('../../hub/repo.ts'),
      import('../../hub/choices.ts'),
    ]);
    const place = { repo: pin.repo, revision: pin.commit };
    const repo = await openRepo(connectionOf(session), place, lookedOn);
    session.hub.getState().learn(repo.model);
    const choice = choices(repo.files).choices.find(({ name }) => name === pin.weights);
    if (!choice) {
      throw new Error(`${pin.repo} holds no ${pin.weights}.safetensors at ${pin.commit}.`);
    }
    await openModel(session, ref, handlesOf(repo, choice));
  } catch (error) {
    session.models.getState().fail(ref.id, failureOf(error));
  }
}
