import { type SearchQuery, searchModels } from '../../hub/search.ts';
import type { HubQuery } from '../../stores/hub.ts';
import { failureOf, type Session } from '../../stores/session.ts';
import { connectionOf, lookedOn } from './connect.ts';

/** Models a page. */
const limit = 20;
/** Milliseconds without a key before the Hub is asked; its requests are counted. */
const patience = 250;

let current = new AbortController();

/** Looks for models; an earlier search that is still under way is given up. */
export function search(
  session: Session,
  change: Partial<HubQuery>,
  wait = patience,
): Promise<void> {
  const query = { ...session.hub.getState().query, ...change };
  session.hub.setState({ query, search: 'loading' });
  current.abort();
  current = new AbortController();
  const { signal } = current;
  return asking(session, signal, async () => {
    await quiet(wait, signal);
    const page = await find(session, query, signal);
    session.hub.setState({ models: page.models, next: page.next, search: 'done' });
  });
}

/** The next page, after the models that are there. */
export async function searchMore(session: Session): Promise<void> {
  const { next: cursor, search, query } = session.hub.getState();
  if (cursor === null || search !== 'done') return;
  session.hub.setState({ search: 'loading more' });
  const { signal } = current;
  await asking(session, signal, async () => {
    const page = await find(session, query, signal, cursor);
    session.hub.setState(({ models }) => ({
      models: [...models, ...page.models],
      next: page.next,
      search: 'done',
    }));
  });
}

async function asking(session: Session, signal: AbortSignal, work: () => Promise<void>) {
  try {
    await work();
  } catch (error) {
    if (!signal.aborted) session.hub.setState({ search: failureOf(error) });
  }
}

async function find(session: Session, query: HubQuery, signal: AbortSignal, cursor?: string) {
  const wanted = { ...asked(query), limit, ...(cursor === undefined ? {} : { cursor }) };
  const page = await searchModels(connectionOf(session), wanted, { signal, ...lookedOn });
  signal.throwIfAborted();
  // The Hub has a tag for adapters and none for what is not one.
  const models = page.models.filter(({ kind }) => query.kind !== 'full' || kind === 'full');
  return { ...page, models };
}

function asked({ text, kind, madeFrom }: HubQuery): Omit<SearchQuery, 'limit'> {
  const relation =
    kind === 'any' ? {} : ({ relation: kind === 'full' ? 'finetune' : kind } as const);
  return {
    ...(text.trim() === '' ? {} : { query: text.trim() }),
    filter: {
      safetensors: true,
      ...(madeFrom === null ? {} : { baseModel: madeFrom, ...relation }),
      ...(kind === 'adapter' ? { adapter: true } : {}),
    },
  };
}

/** Resolves when that long has passed without an abort. */
export function quiet(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
