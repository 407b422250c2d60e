import type { Address } from '../../hub/address.ts';
import type { ScoreBoard } from '../../hub/scores.ts';
import { failureOf, type Session } from '../../stores/session.ts';
import { connectionOf } from './connect.ts';

let current = new AbortController();
/** Of one Hub; its table is read once a visit. */
let board: (ScoreBoard & { readonly hubUrl: string }) | null = null;

/** Shows what is in a repo: one request. The revision becomes a commit here. */
export async function look(
  session: Session,
  { repo, revision }: Pick<Address, 'repo' | 'revision'>,
): Promise<void> {
  const { hub } = session;
  current.abort();
  current = new AbortController();
  const { signal } = current;
  hub.setState({ looked: { kind: 'opening', repo } });
  try {
    const [{ openRepo }, { choices }] = await Promise.all([
      import('../../hub/repo.ts'),
      import('../../hub/choices.ts'),
    ]);
    const info = await openRepo(connectionOf(session), { repo, revision }, { signal, retries: 1 });
    signal.throwIfAborted();
    hub.getState().learn(info.model);
    hub.setState({ looked: { kind: 'open', repo, info, choices: choices(info.files) } });
    await lookUpScores(session, info.id);
  } catch (error) {
    if (signal.aborted) return;
    hub.setState({ looked: { kind: 'failed', repo, failure: failureOf(error) } });
  }
}

/** What a person pasted: an address, a reason why it is none of a model, or null: words to search for. */
export async function readAddress(session: Session, text: string) {
  const { parseAddress } = await import('../../hub/address.ts');
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
