import { useState } from 'react';
import { applyPreset } from '../../commands/apply-preset.ts';
import { findMethod } from '../../methods/registry.ts';
import { type Answers, questions, type Suggestion, suggest } from '../../recipe/advice.ts';
import { presets } from '../../recipe/presets.ts';
import { session } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import './suggest.css';

/** Four questions and what is worth trying; promises nothing. */
export default function SuggestDialog() {
  const [answers, setAnswers] = useState<Answers>(guessed);
  return (
    <Dialog title="Suggest a method" size="wide" onClose={session.view.getState().close}>
      <p className="faint small">
        No method is best everywhere, and a better base usually matters more. These are places to
        start, with the reason and its source.
      </p>
      <div className="suggest">
        <div className="questions">
          {questions.map(({ key, label, help, options }) => (
            <fieldset key={key} className="question">
              <legend>{label}</legend>
              <p className="param-help">{help}</p>
              {options.map(({ value, label }) => (
                <label key={value} className="option">
                  <input
                    type="radio"
                    name={key}
                    checked={answers[key] === value}
                    onChange={() => setAnswers({ ...answers, [key]: value })}
                  />
                  {label}
                </label>
              ))}
            </fieldset>
          ))}
        </div>
        <ol className="suggestions" aria-label="Suggestions" aria-live="polite">
          {suggest(answers).map((suggestion, rank) => (
            <li key={suggestion.method}>
              <Card suggestion={suggestion} isFirst={rank === 0} />
            </li>
          ))}
        </ol>
      </div>
    </Dialog>
  );
}

type CardProps = { readonly suggestion: Suggestion; readonly isFirst: boolean };

function Card({ suggestion, isFirst }: CardProps) {
  const { method, preset, reason, source, caution } = suggestion;
  const title = findMethod(method)?.title ?? method;
  return (
    <article className="card suggestion">
      <h3 className="card-name">{title}</h3>
      <p className="small">{reason}</p>
      {caution && <p className="small suggestion-caution">{caution}</p>}
      <p className="tiny">
        <a href={source.url} target="_blank" rel="noreferrer">
          {source.label}
        </a>
      </p>
      <Button look={isFirst ? 'primary' : 'plain'} onPress={() => use(method, preset)}>
        Use {title}
      </Button>
    </article>
  );
}

/** What the recipe already tells. */
function guessed(): Answers {
  const { base, experts } = session.recipe.getState().recipe;
  return {
    goal: 'several skills',
    models: experts.length <= 1 ? 'one' : experts.length === 2 ? 'two' : 'more',
    base: base ? 'known' : 'unknown',
    changes: 'unknown',
  };
}

function use(method: string, presetId: Suggestion['preset']): void {
  const { recipe, view } = session;
  const preset = presets.find(({ id }) => id === presetId);
  if (preset && preset.obstacle(recipe.getState().recipe) === null) applyPreset(session, preset);
  else recipe.getState().setMethod(method);
  view.getState().showTab('method');
  view.getState().close();
}
