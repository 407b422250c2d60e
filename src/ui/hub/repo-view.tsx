import { Anchor, ExternalLink, LoaderCircle, Plus, Star } from 'lucide-react';
import { useState } from 'react';
import { add } from '../../commands/hub/add.ts';
import { look } from '../../commands/hub/look.ts';
import { search } from '../../commands/hub/search.ts';
import type { Candidate } from '../../stores/dropped.ts';
import type { Looked } from '../../stores/hub.ts';
import { isUnreadable, pairingProblem } from '../../stores/hub-pairing.ts';
import { openModel } from '../../stores/models.ts';
import { session, useHub, useModels, useRecipe } from '../../stores/use-session.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { bytes, counted } from '../kit/format.ts';
import { Problem } from './problem.tsx';
import { ScoresTable } from './scores-table.tsx';

/** One repo: what is in it, whether it fits, and the buttons that take it. */
export function RepoView({ looked }: { readonly looked: Looked }) {
  const starred = useHub((state) => state.starred.includes(looked.repo));
  const hubUrl = useHub((state) => state.hubUrl);
  return (
    <section className="hub-repo" aria-label={looked.repo} aria-busy={looked.kind === 'opening'}>
      <header className="hub-repo-head">
        <h3>{looked.repo}</h3>
        <IconButton
          label={starred ? `Take the star from ${looked.repo}` : `Star ${looked.repo}`}
          aria-pressed={starred}
          className={starred ? 'is-starred' : ''}
          onPress={() => session.hub.getState().star(looked.repo)}
        >
          <Star aria-hidden />
        </IconButton>
        <a href={`${hubUrl}/${looked.repo}`} target="_blank" rel="noreferrer" className="tiny">
          <ExternalLink aria-hidden className="inline-icon" /> Its page
        </a>
      </header>
      {looked.kind === 'opening' && (
        <p className="card-facts">
          <LoaderCircle aria-hidden className="spin" /> Looking what is in it…
        </p>
      )}
      {looked.kind === 'failed' && (
        <Problem failure={looked.failure} onRetry={() => void look(session, looked)} />
      )}
      {looked.kind === 'open' && <Opened key={looked.info.commit} looked={looked} />}
    </section>
  );
}

type Open = Extract<Looked, { kind: 'open' }>;

function Opened({ looked }: { readonly looked: Open }) {
  const { info, offered } = looked;
  const { candidates, refused } = offered;
  const named = candidates.find(({ weights }) => weights.includes(looked.path ?? ''));
  const [chosen, setChosen] = useState(named ?? candidates[0]);
  const { model } = info;
  return (
    <>
      <p className="small faint number">
        Commit <code>{info.commit.slice(0, 10)}</code>
        {info.revision && info.revision !== info.commit && ` of ${info.revision}`}, pinned in the
        recipe. Licence: {model.licence ?? 'none named'}.
      </p>
      <Weights candidates={candidates} chosen={chosen} onChoose={setChosen} />
      {refused.length > 0 && (
        <ul className="hub-refusals">
          {refused.map(({ name, reason, advice }) => (
            <li key={name}>
              <code>{name}</code>: {reason}. {advice}
            </li>
          ))}
        </ul>
      )}
      {chosen && <Take looked={looked} candidate={chosen} />}
      <Relatives looked={looked} />
      <ScoresTable scores={looked.scores} />
    </>
  );
}

type WeightsProps = {
  readonly candidates: readonly Candidate[];
  readonly chosen: Candidate | undefined;
  readonly onChoose: (candidate: Candidate) => void;
};

function Weights({ candidates, chosen, onChoose }: WeightsProps) {
  if (candidates.length === 0) {
    return (
      <p className="card-problem" role="alert">
        There are no weights in this repo that can be merged.
      </p>
    );
  }
  return (
    <fieldset className="hub-choices">
      <legend>{candidates.length === 1 ? 'Weights' : 'Which weights'}</legend>
      {candidates.map((candidate) => (
        <label key={candidate.weights[0]} className="option">
          <input
            type="radio"
            name="hub-weights"
            checked={candidate === chosen}
            onChange={() => onChoose(candidate)}
          />
          <span>
            <code>{candidate.weights[0]}</code>{' '}
            <span className="faint number">
              {bytes(candidate.bytes)}
              {candidate.weights.length > 1 && `, ${counted(candidate.weights.length, 'shard')}`}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The two buttons, or why there is none. */
function Take({ looked, candidate }: { readonly looked: Open; readonly candidate: Candidate }) {
  const baseId = useRecipe((state) => state.recipe.base?.id ?? '');
  const isDemo = useRecipe((state) => state.recipe.base?.origin === 'demo');
  const base = useModels((state) => openModel(state.slots, baseId));
  const { info } = looked;
  const quantised = isUnreadable(info.model);
  const problem = pairingProblem(info.model, isDemo ? null : base);
  const take = (role: 'base' | 'expert') => {
    void add(session, info, candidate, role);
    session.view.getState().close();
    session.view.getState().showTab('checks');
  };
  return (
    <div className="hub-take">
      {problem && (
        <p className="card-problem" role="alert">
          {problem}
        </p>
      )}
      <Button
        look={base && !isDemo ? 'plain' : 'primary'}
        isDisabled={quantised}
        onPress={() => take('base')}
      >
        <Anchor aria-hidden /> Use as base
      </Button>
      <Button
        look={base && !isDemo ? 'primary' : 'plain'}
        isDisabled={problem !== null}
        onPress={() => take('expert')}
      >
        <Plus aria-hidden /> Add as expert
      </Button>
    </div>
  );
}

/** The way from a model to its base, and from a base to what was made from it. */
function Relatives({ looked }: { readonly looked: Open }) {
  const { model } = looked.info;
  return (
    <div className="hub-relatives">
      {model.baseModels.map((repo) => (
        <Button
          key={repo}
          look="quiet"
          className="hub-chip"
          onPress={() => void look(session, { repo })}
        >
          Its base: {repo}
        </Button>
      ))}
      <Button
        look="quiet"
        className="hub-chip"
        onPress={() =>
          void search(session, { madeFrom: looked.info.id, kind: 'full', text: '' }, 0)
        }
      >
        Fine-tunes of it
      </Button>
      <Button
        look="quiet"
        className="hub-chip"
        onPress={() =>
          void search(session, { madeFrom: looked.info.id, kind: 'adapter', text: '' }, 0)
        }
      >
        Adapters for it
      </Button>
    </div>
  );
}
