/** The address of the page follows where a person is in it, and leads back there. */
import { recipeFromHash, recipeToHash } from '../recipe/link.ts';
import { firstPlace, levelOf, type Place, placeFromHash, placeText } from './place.ts';
import type { Session } from './session.ts';
import { quietly } from './storage.ts';

/** The browser's, or that of a test. */
export type AddressBar = {
  hash(): string;
  /** @param hash with its #, or empty */
  write(hash: string, isStep: boolean): void;
  /** Calls back after Back, Forward, or a hash that was typed; returns how to stop. */
  onTravel(heard: () => void): () => void;
};

/** Browsers refuse more than some hundred changes in half a minute: an arrow key that is held makes as many. */
const patience = 250;

type Where = Pick<Session, 'view' | 'conflicts' | 'sight'>;

export function placeOf({ view, conflicts, sight }: Where): Place {
  const { tab, look, colour, pooling } = view.getState();
  const { focus } = conflicts.getState();
  return { tab, look, colour, pooling, focus, sight: sight.getState().sight };
}

/** Shows a place. What does not count in its tab stays as it is. */
export function goTo({ view, conflicts, sight }: Where, place: Place): void {
  const { tab, look, colour, pooling, focus } = place;
  view.getState().showTab(tab);
  if (tab !== 'conflicts') return;
  view.getState().lookAt({ look });
  if (look !== 'conflicts') return;
  view.getState().lookAt({ colour, pooling });
  conflicts.getState().focusOn(focus);
  sight.getState().see(place.sight);
}

/** Goes where the address says, and from then on writes where one is. Returns how to stop. */
export function followAddress(session: Session, bar: AddressBar): () => void {
  let isTravelling = false;
  const travel = (): void => {
    const hash = bar.hash();
    const linked = recipeFromHash(hash);
    if (linked && 'recipe' in linked) {
      session.recipe.getState().replace(linked.recipe);
      session.view.getState().tell('The recipe of the link is in place.', true);
    } else if (linked) refuseLink(session, linked.findings);
    const said = linked && 'findings' in linked ? null : placeFromHash(hash);
    if (said) arrive(said);
    else if (hash === '') arrive({ place: firstPlace, lost: [] });
    if (linked) write(placeOf(session), false);
  };
  const arrive = ({ place, lost }: { place: Place; lost: readonly string[] }): void => {
    isTravelling = true;
    goTo(session, place);
    isTravelling = false;
    shown = placeOf(session);
    if (lost.length > 0) session.view.getState().tell(lost.join(' '));
  };
  const write = (place: Place, isStep: boolean) => {
    const text = placeText(place);
    const hash = text === '' ? '' : `#${text}`;
    if (hash !== bar.hash()) bar.write(hash, isStep);
  };
  let shown = placeOf(session);
  const rest = quietly(() => write(shown, false), patience);
  let lost = session.conflicts.getState().lost;
  const follow = () => {
    if (isTravelling) return;
    const place = placeOf(session);
    // Where a link led to nothing, Back must not lead there again.
    const before = lost;
    lost = session.conflicts.getState().lost;
    const isCorrection = lost !== null && lost !== before;
    if (placeText(place) === placeText(shown)) return;
    const isStep = levelOf(place) !== levelOf(shown) && !isCorrection;
    // What was chosen at the level that is left belongs to it.
    if (isStep) rest.flush();
    shown = place;
    if (isStep) write(place, true);
    else rest.later();
  };
  const first = placeFromHash(bar.hash());
  if (first) arrive(first);
  if (first?.lost.length) write(shown, false);
  const stops = [
    session.view.subscribe(follow),
    session.conflicts.subscribe(follow),
    session.sight.subscribe(follow),
    bar.onTravel(travel),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** What a link says besides its recipe, as a hash of its own. */
export function withoutRecipe(hash: string): string {
  const at = hash.indexOf('&');
  return at < 0 ? '' : `#${hash.slice(at + 1)}`;
}

type Refused = readonly { readonly message: string; readonly advice: string }[];

/** Says what is wrong with the recipe in a link. */
export function refuseLink({ models }: Pick<Session, 'models'>, findings: Refused): void {
  models
    .getState()
    .refuse(findings.map(({ message, advice }) => ({ name: 'The link', reason: message, advice })));
}

export const browserBar: AddressBar = {
  hash: () => location.hash,
  write(hash, isStep) {
    const url = location.pathname + location.search + hash;
    if (isStep) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
  },
  onTravel(heard) {
    const stop = new AbortController();
    window.addEventListener('popstate', heard, { signal: stop.signal });
    return () => stop.abort();
  },
};

/** The recipe, and where one is in the page. */
export function linkHere(session: Where & Pick<Session, 'recipe'>): string {
  const place = placeText(placeOf(session));
  const hash = recipeToHash(session.recipe.getState().recipe);
  return new URL(place === '' ? hash : `${hash}&${place}`, location.href).href;
}
