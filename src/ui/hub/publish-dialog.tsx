import { CircleCheck, CloudUpload } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { abortPublishing, licenceAdvice, publish } from '../../commands/hub/publish.ts';
import type { Account as HubAccount } from '../../hub/account.ts';
import { session, useHub, useRun } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Segmented } from '../kit/segmented.tsx';
import { Account } from './account.tsx';
import { LicenceField } from './licence-field.tsx';
import { Problem } from './problem.tsx';
import { PushProgress } from './push-progress.tsx';
import './hub.css';

/** Pushes the finished merge to a repo of one's own. */
export default function PublishDialog() {
  const account = useHub((state) => state.account);
  const publishing = useHub((state) => state.publishing);
  const result = useRun((state) => state.result);
  const close = () => {
    if (publishing.kind !== 'running') session.hub.setState({ publishing: { kind: 'idle' } });
    session.view.getState().close();
  };
  return (
    <Dialog title="Publish on Hugging Face" size="wide" onClose={close}>
      <div className="hub">
        <Account scope="publish" />
        {!result && <p className="small">Merge something first.</p>}
        {!account && result && (
          <p className="small">Sign in with a token that may write; then choose where it goes.</p>
        )}
        {account && result && publishing.kind !== 'done' && <Form account={account} />}
        {publishing.kind === 'done' && <Done />}
      </div>
    </Dialog>
  );
}

function Form({ account }: { readonly account: HubAccount }) {
  const publishing = useHub((state) => state.publishing);
  const recipe = useRun((state) => state.recipe);
  const facts = useHub((state) => state.facts);
  const folder = useRun((state) => state.name);
  const [owner, setOwner] = useState(account.name);
  const [name, setName] = useState(folder);
  const [exists, setExists] = useState(false);
  const [visibility, setVisibility] = useState<'public' | 'private'>('private');
  const [licence, setLicence] = useState<string | null>(null);
  const [title, setTitle] = useState('Merge with Amalgam');
  const advice = useMemo(() => recipe && licenceAdvice(recipe, facts), [recipe, facts]);
  const busy = publishing.kind === 'running';
  const chosen = licence ?? advice?.licence ?? '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const repo = `${owner}/${name.trim()}`;
    const license = chosen === '' ? null : chosen;
    void publish(session, { repo, create: !exists, visibility, license, title });
  };
  return (
    <form className="publish-form" onSubmit={submit}>
      <fieldset disabled={busy}>
        <div className="field-row">
          <label htmlFor="publish-owner">Repo</label>
          <span className="publish-repo">
            <select
              id="publish-owner"
              aria-label="Owner"
              className="select-field"
              value={owner}
              onChange={(event) => setOwner(event.target.value)}
            >
              {[account.name, ...account.orgs].map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
            /
            <input
              className="text-field"
              aria-label="Name of the repo"
              required
              pattern="[A-Za-z0-9_]([A-Za-z0-9_.\-]*[A-Za-z0-9_])?"
              title="Letters, digits, -, _ and ."
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </span>
        </div>
        <div className="field-row">
          <span className="field-label">This repo</span>
          <Segmented
            label="Repo is"
            options={[
              { value: 'new', label: 'is new' },
              { value: 'old', label: 'exists already' },
            ]}
            value={exists ? 'old' : 'new'}
            onChange={(value) => setExists(value === 'old')}
          />
          {!exists && (
            <Segmented
              label="Visibility"
              options={[
                { value: 'private', label: 'private' },
                { value: 'public', label: 'public' },
              ]}
              value={visibility}
              onChange={setVisibility}
            />
          )}
        </div>
        {exists && (
          <p className="small">
            Weights at its root that are not part of this merge leave in the same commit; its
            history keeps them.
          </p>
        )}
        <LicenceField value={chosen} advice={advice} onChange={setLicence} />
        <div className="field-row">
          <label htmlFor="publish-title">Message</label>
          <input
            id="publish-title"
            className="text-field"
            required
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
        </div>
      </fieldset>
      {publishing.kind === 'failed' && (
        <>
          <Problem failure={publishing.failure} />
          <p className="small">The merged files are still here, as they were.</p>
        </>
      )}
      {busy && <PushProgress publishing={publishing} />}
      {busy ? (
        <Button isDisabled={publishing.cancelling} onPress={() => abortPublishing(session)}>
          Cancel
        </Button>
      ) : (
        <Button type="submit" look="primary">
          <CloudUpload aria-hidden /> {publishing.kind === 'failed' ? 'Try again' : 'Publish'}
        </Button>
      )}
    </form>
  );
}

const looks: Readonly<Record<string, string>> = { true: 'is-good', false: 'is-bad', null: '' };

function Done() {
  const publishing = useHub((state) => state.publishing);
  if (publishing.kind !== 'done') return null;
  const { url, commit, verified, problems } = publishing.published;
  return (
    <div role="status">
      <p className={`lead ${looks[String(verified)]}`}>
        <CircleCheck aria-hidden />
        <span>
          {verified === null && `Published; it could not be compared: ${problems.join(' ')}`}
          {verified === true && 'Published. The Hub holds the same bytes as this computer.'}
          {verified === false && 'Published, but the commit is not what is here:'}
        </span>
      </p>
      {verified === false && (
        <ul className="problems">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <p>
        <a href={url} target="_blank" rel="noreferrer">
          {url}
        </a>
      </p>
      <p className="small faint">
        Commit <code>{commit}</code>
      </p>
    </div>
  );
}
