import { type Address, parseAddress, type Refusal } from '../../hub/address.ts';
import { openRepo } from '../../hub/repo.ts';
import type { ScoreBoard } from '../../hub/scores.ts';
import { readTexts } from '../../hub/texts.ts';
import { offeredBy, textsOf } from '../../stores/hub-weights.ts';
import { failureOf, type Session } from '../../stores/session.ts';
import { connectionOf, lookedOn } from './connect.ts';
import { quiet } from './search.ts';

let current = new AbortController();
/** Of one Hub; its table is read once a visit. */
let board: (ScoreBoard & { readonly hubUrl: string }) | null = null;

/**
 * Shows what is in a repo: one request. The revision becomes a commit here. `wait` is for who types: not
 * every letter is a request.
 */
export async function look(
  session: Session,
  { repo, revision = null, path = null }: Pick<Address, 'repo'> & Partial<Address>,
  wait = 0,
): Promise<void> {
  const { hub } = session;
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const asked = { repo, revision };
  try {
    if (wait > 0) await quiet(wait, signal);
    hub.setState({ looked: { ...asked, kind: 'opening' } });
    const info = await openRepo(connectionOf(session), asked, { signal, ...lookedOn });
    const texts = await readTexts(connectionOf(session), info, textsOf(info), {
      signal,
      ...lookedOn,
    });
    signal.throwIfAborted();
    hub.getState().learn(info.model);
    const offered = offeredBy(info, texts);
    hub.setState({ looked: { ...asked, kind: 'open', path, info, offered } });
    void lookUpScores(session, info.id).catch(() => {}); // absent, as where there are none
  } catch (error) {
    if (signal.aborted) return;
    hub.setState({ looked: { ...asked, kind: 'failed', failure: failureOf(error) } });
  }
}

/** What a person pasted: an address, a reason why it is none of a model, or null: words to search for. */
export function readAddress(session: Session, text: string): Address | Refusal | null {
  return parseAddress(text, session.hub.getState().hubUrl);
}

/** Silently none where the table cannot be had. */
async function lookUpScores({ hub }: Session, repo: string): Promise<void> {
  const { scoreBoard } = await import('../../hub/scores.ts');
  const connection = connectionOf({ hub });
  if (board?.hubUrl !== connection.hubUrl) {
    board = { hubUrl: connection.hubUrl, ...scoreBoard({ ...connection, token: null }) };
  }
  const scores = await board.of(repo);
  hub.setState(({ looked }) =>
    looked?.kind === 'open' && looked.info.id === repo ? { looked: { ...looked, scores } } : {},
  );
}
