import { CircleUser, LogOut } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { signIn, signInAtHub, signOut } from '../../commands/hub/sign-in.ts';
import { session, useHub } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { Problem } from './problem.tsx';

/** What the Hub is asked to allow. */
type AccountProps = { readonly scope: 'read' | 'publish' };

/** Who is signed in, or how to. Public models need neither. */
export function Account({ scope }: AccountProps) {
  const account = useHub((state) => state.account);
  const status = useHub((state) => state.signIn);
  const isPublishing = useHub((state) => state.publishing.kind === 'running');
  if (account) {
    return (
      <div className="hub-account">
        <p className="small">
          <CircleUser aria-hidden className="inline-icon" /> Signed in as{' '}
          <strong>{account.name}</strong>
          {account.canWrite === false && <span className="faint"> (may read, not publish)</span>}
        </p>
        <Button
          look="quiet"
          isDisabled={isPublishing} // the push and its clean-up need the token
          onPress={() => void signOut(session)}
        >
          <LogOut aria-hidden /> Sign out
        </Button>
      </div>
    );
  }
  return (
    <Disclosure
      title="Sign in"
      summary={status === 'checking' ? 'asking the Hub…' : 'for gated and private models'}
      open={typeof status === 'object'}
    >
      <SignIn scope={scope} />
    </Disclosure>
  );
}

function SignIn({ scope }: AccountProps) {
  const status = useHub((state) => state.signIn);
  const clientId = useHub((state) => state.clientId);
  const hubUrl = useHub((state) => state.hubUrl);
  const [token, setToken] = useState('');
  const [keep, setKeep] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signIn(session, token, keep);
    setToken('');
  };
  return (
    <form className="hub-sign-in" onSubmit={submit}>
      {clientId !== null && (
        <p>
          <Button look="primary" onPress={() => void signInAtHub(session, scope)}>
            Sign in with Hugging Face
          </Button>
        </p>
      )}
      <label className="small" htmlFor="hub-token">
        {clientId === null ? 'Access token' : 'Or an access token'}, from{' '}
        <a href={`${hubUrl}/settings/tokens`} target="_blank" rel="noreferrer">
          your settings
        </a>
      </label>
      <div className="share-row">
        <input
          id="hub-token"
          className="text-field"
          type="password"
          autoComplete="off"
          placeholder="hf_…"
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        <Button type="submit" isDisabled={token === '' || status === 'checking'}>
          Sign in
        </Button>
      </div>
      <label className="option">
        <input type="checkbox" checked={keep} onChange={() => setKeep(!keep)} />
        Keep it in this tab until it is closed
      </label>
      <p className="tiny faint">
        The token is held in memory and sent to {new URL(hubUrl).host} only: never to storage hosts,
        never into a recipe, a link or a model card. Reading needs a read token, publishing one that
        may write.
      </p>
      {typeof status === 'object' && <Problem failure={status} />}
    </form>
  );
}
