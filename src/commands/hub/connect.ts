import type { HubConnection } from '../../hub/connection.ts';
import type { Session } from '../../stores/session.ts';

/** The connection that the page's own requests use. */
export function connectionOf({ hub }: Pick<Session, 'hub'>): HubConnection {
  const { hubUrl, token } = hub.getState();
  return { hubUrl, token, fetch: (input, init) => fetch(input, init) };
}

/** How requests are made for which a person waits. */
export const lookedOn = { retries: 1, patience: 5 } as const;

/** Tells the engine which Hub to read, as whom, and how much of it to keep. */
export async function tellEngine({ engine, hub }: Session): Promise<void> {
  const { hubUrl, token, cacheBytes } = hub.getState();
  await engine.access({ hubUrl, token, cacheBytes });
}

/**
 * Reads `config.json`, which says for which Hub this page is deployed. `?hub=` names another one, on this
 * computer only: a link must not be able to send a token elsewhere.
 */
export async function connect(session: Session): Promise<void> {
  const config = await readConfig();
  const asked = new URLSearchParams(globalThis.location?.search ?? '').get('hub');
  const hubUrl = asked !== null && isLocal(asked) ? new URL(asked).origin : text(config['hubUrl']);
  session.hub.setState({
    ...(hubUrl === null ? {} : { hubUrl }),
    clientId: text(config['oauthClientId']),
  });
  await tellEngine(session);
}

async function readConfig(): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(new URL('config.json', document.baseURI));
    const config: unknown = response.ok ? await response.json() : {};
    return typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {};
  } catch {
    return {}; // the public Hub, and pasted tokens
  }
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

function isLocal(address: string): boolean {
  try {
    // Not [::1]: a content security policy has no word for it.
    return ['localhost', '127.0.0.1'].includes(new URL(address).hostname);
  } catch {
    return false;
  }
}
