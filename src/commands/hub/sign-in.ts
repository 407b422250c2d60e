import { modelsOf } from '../../recipe/series.ts';
import { failureOf, type Session } from '../../stores/session.ts';
import { open } from './add.ts';
import { connectionOf, lookedOn, tellEngine } from './connect.ts';

/** Session storage is this tab's alone and ends with it; local storage never holds a token. */
const kept = { token: 'amalgam.hub-token', secrets: 'amalgam.hub-sign-in' };

/** Signs in with a pasted token. `keep` remembers it until the tab is closed. */
export async function signIn(session: Session, pasted: string, keep: boolean): Promise<void> {
  const { hub } = session;
  const token = pasted.trim();
  hub.setState({ signIn: 'checking' });
  try {
    const { isToken, whoAmI } = await import('../../hub/account.ts');
    if (!isToken(token)) {
      const message = 'A token begins with hf_ and has letters and digits after it.';
      const advice = 'Copy it whole from the settings of your account.';
      const link = `${hub.getState().hubUrl}/settings/tokens`;
      hub.setState({ signIn: { tag: 'bad-token', message, advice, link } });
      return;
    }
    const account = await whoAmI({ ...connectionOf(session), token }, lookedOn);
    hub.setState({ token, account, signIn: 'idle' });
    // What the one before was not allowed is no news any more.
    if (hub.getState().publishing.kind === 'failed') hub.setState({ publishing: { kind: 'idle' } });
    const { hubUrl } = hub.getState();
    if (keep) sessionStorage.setItem(kept.token, JSON.stringify({ hubUrl, token }));
    else sessionStorage.removeItem(kept.token);
    await tellEngine(session);
    await openAgain(session);
  } catch (error) {
    hub.setState({ signIn: failureOf(error) });
  }
}

export async function signOut(session: Session): Promise<void> {
  sessionStorage.removeItem(kept.token);
  session.hub.getState().signOut();
  await tellEngine(session);
}

/** Leaves for the Hub's own page, which asks for no more than is needed, and comes back. */
export async function signInAtHub(session: Session, scope: 'read' | 'publish'): Promise<void> {
  const { hub } = session;
  const { hubUrl, clientId } = hub.getState();
  if (clientId === null) return;
  hub.setState({ signIn: 'checking' });
  try {
    const { beginOAuth } = await import('../../hub/account.ts');
    const redirectUrl = location.origin + location.pathname;
    const { url, secrets } = await beginOAuth(hubUrl, { clientId, redirectUrl, scope });
    sessionStorage.setItem(kept.secrets, JSON.stringify(secrets));
    location.assign(url);
  } catch (error) {
    hub.setState({ signIn: failureOf(error) });
  }
}

/** Just come back from the Hub's own page, or signed in before the reload. */
export async function finishSignIn(session: Session): Promise<void> {
  if (!(await finishAtHub(session))) await signInAgain(session);
}

/** Whether the Hub's answer was in the address. */
async function finishAtHub(session: Session): Promise<boolean> {
  const secrets = sessionStorage.getItem(kept.secrets);
  if (secrets === null) return false;
  sessionStorage.removeItem(kept.secrets);
  const page = location.href;
  const { finishOAuth, isOAuthReturn } = await import('../../hub/account.ts');
  if (!isOAuthReturn(page)) return false; // gone back without an answer
  history.replaceState(null, '', location.pathname);
  try {
    const { hubUrl } = session.hub.getState();
    const signedIn = await finishOAuth(hubUrl, page, JSON.parse(secrets));
    await signIn(session, signedIn.token, true);
  } catch (error) {
    session.hub.setState({ signIn: failureOf(error) });
  }
  return true;
}

/** With the token this tab keeps, if it was given for this Hub. */
async function signInAgain(session: Session): Promise<void> {
  const text = sessionStorage.getItem(kept.token);
  if (text === null) return;
  const { hubUrl, token } = JSON.parse(text) as { hubUrl: string; token: string };
  if (hubUrl === session.hub.getState().hubUrl) await signIn(session, token, true);
}

/** What could not be opened without a name may open now. */
export async function openAgain(session: Session): Promise<void> {
  const { slots } = session.models.getState();
  const failed = modelsOf(session.recipe.getState().recipe).filter(
    ({ id, hub }) => hub !== undefined && slots[id]?.status.kind === 'failed',
  );
  await Promise.all(failed.map((ref) => open(session, ref)));
}
