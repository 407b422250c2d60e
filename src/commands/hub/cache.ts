import { failureOf, type Session } from '../../stores/session.ts';
import { tellEngine } from './connect.ts';

/** How much of the Hub lies in private storage. */
export async function measureCache({ engine, hub }: Session): Promise<void> {
  hub.setState({ cached: await engine.cache('size').catch(() => null) });
}

export async function clearCache({ engine, hub, view }: Session): Promise<void> {
  try {
    hub.setState({ cached: await engine.cache('clear') });
  } catch (error) {
    view.getState().tell(`The downloads could not be removed: ${failureOf(error).message}`);
  }
}

/** Bytes that may be kept from one merge to the next; what is above goes at once. */
export async function limitCache(session: Session, cacheBytes: number): Promise<void> {
  session.hub.setState({ cacheBytes });
  await tellEngine(session);
  await measureCache(session);
}
