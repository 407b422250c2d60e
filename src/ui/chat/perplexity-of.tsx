import { useId, useState } from 'react';
import { useStore } from 'zustand';
import { measure, stopAnswers } from '../../commands/chat.ts';
import { chatOf, isAnswering, sides } from '../../stores/chat.ts';
import { session } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { FailureText } from '../kit/failure-text.tsx';

/** How likely both models find a text that is pasted. */
export function PerplexityOf() {
  const chat = chatOf(session);
  const [text, setText] = useState('');
  const measured = useStore(chat, (state) => state.measured);
  const isAsking = useStore(chat, isAnswering);
  const canAnswer = useStore(chat, (state) => sides.some((side) => state[side].phase === 'ready'));
  const id = useId();
  return (
    <Disclosure title="Perplexity of a text" summary="how likely each model finds it">
      <div className="chat-prompt">
        <label htmlFor={id} className="visually-hidden">
          Text to measure
        </label>
        <textarea
          id={id}
          className="chat-box"
          rows={3}
          value={text}
          placeholder={canAnswer ? 'Paste a text…' : 'Load a model first'}
          disabled={!canAnswer}
          onChange={({ target }) => setText(target.value)}
        />
        <div className="chat-actions">
          <p className="param-help">
            Lower is likelier. Models with other tokenizers cut a text into other tokens: their
            numbers do not compare.
          </p>
          {measured?.isUnderWay ? (
            <Button onPress={() => stopAnswers(session)}>Stop</Button>
          ) : (
            <Button
              isDisabled={!canAnswer || isAsking || text.trim() === ''}
              onPress={() => void measure(session, text)}
            >
              Measure
            </Button>
          )}
        </div>
        <Found />
      </div>
    </Disclosure>
  );
}

function Found() {
  const state = useStore(chatOf(session));
  const { measured } = state;
  return (
    <div role="status" className="chat-found">
      {measured?.isUnderWay && <p className="small">Reading, a step for every token…</p>}
      {sides.map((side) => {
        const found = measured?.found[side];
        if (!found) return null;
        const title = state[side].subject?.title;
        if ('message' in found) {
          return (
            <div key={side}>
              <strong>{title}</strong>
              <FailureText failure={found} />
            </div>
          );
        }
        const { value, tokens, isCut } = found;
        return (
          <p key={side}>
            {`${title}: ${worded(value)}, over ${tokens.toLocaleString('en')} tokens`}
            {isCut && ', as many as fit'}
          </p>
        );
      })}
    </div>
  );
}

function worded(value: number): string {
  if (value < 1000) return value.toFixed(2);
  return value < 1e12 ? Math.round(value).toLocaleString('en') : value.toExponential(2);
}
