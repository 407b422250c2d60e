import type { HubRepo } from '../../hub/repo.ts';
import type { ModelRef } from '../../recipe/recipe.ts';
import { membersOf, modelsOf } from '../../recipe/series.ts';
import type { Candidate } from '../../stores/dropped.ts';
import { offeredBy, textsOf } from '../../stores/hub-weights.ts';
import { failureOf, openModel, type Session } from '../../stores/session.ts';
import { isDemo, withoutModels, withRefs } from '../members.ts';
import { connectionOf, lookedOn } from './connect.ts';

/** Takes weights of a repo into the recipe, and reads their headers. */
export async function add(
  session: Session,
  repo: HubRepo,
  candidate: Candidate,
  role: 'base' | 'expert',
): Promise<void> {
  const { recipe, hub, view } = session;
  const before = recipe.getState().recipe;
  const members = membersOf(before);
  const awaited = modelsOf(before).find(({ name, bytes }) => bytes === 0 && name === repo.id);
  const ref = { ...refTo(repo, candidate), ...(awaited ? { id: awaited.id } : {}) };
  if (!awaited && members.some(({ id }) => id === ref.id)) {
    view.getState().tell(`${repo.id} is in the recipe already.`);
    return;
  }
  hub.getState().remember(repo.id);
  const start = isDemo(before) ? withoutModels(before, session.models.getState().demo) : before;
  session.models.getState().begin({ ...ref, summary: null }); // so that `reopen` leaves it to us
  recipe
    .getState()
    .replace(
      awaited
        ? withRefs(before, [ref])
        : role === 'base'
          ? { ...start, base: ref }
          : { ...start, experts: [...start.experts, { model: ref, values: {} }] },
    );
  if (isDemo(before) && members.length > 0)
    view.getState().tell('Your model took the place of the demo family.', true);
  await openModel(session, ref, candidate.handles, null, candidate.leftOut);
}

function refTo({ id, commit }: HubRepo, { weights: [first], bytes }: Candidate): ModelRef {
  const pin = { repo: id, commit, weights: first };
  return {
    id: `hub-${id}-${commit.slice(0, 8)}-${first}`,
    name: id,
    origin: 'hub',
    bytes,
    hub: pin,
  };
}

/** Opens what the recipe names on the Hub and is not open: after a reload, from a link or a file. */
export async function reopen(session: Session): Promise<void> {
  const { recipe, models } = session;
  const waiting = modelsOf(recipe.getState().recipe).filter(
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
    const { openRepo } = await import('../../hub/repo.ts');
    const { readTexts } = await import('../../hub/texts.ts');
    const place = { repo: pin.repo, revision: pin.commit };
    const repo = await openRepo(connectionOf(session), place, lookedOn);
    session.hub.getState().learn(repo.model);
    const texts = await readTexts(connectionOf(session), repo, textsOf(repo), lookedOn);
    const { candidates } = offeredBy(repo, texts);
    const wanted = candidates.find(({ weights }) => weights[0] === pin.weights);
    if (!wanted) throw new Error(`${pin.repo} holds no ${pin.weights} at ${pin.commit}.`);
    await openModel(session, ref, wanted.handles, null, wanted.leftOut);
  } catch (error) {
    session.models.getState().fail(ref.id, failureOf(error));
  }
}
