import { Check, Copy, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { askAgain } from '../../commands/chat.ts';
import {
  chatOf,
  type Exchange,
  isAnswering,
  type Reply,
  type Side,
  sides,
} from '../../stores/chat.ts';
import { session } from '../../stores/use-session.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';

/** What was asked, and under it what each model answered. */
export function Exchanges() {
  const chat = chatOf(session);
  const exchanges = useStore(chat, (state) => state.exchanges);
  const left = useStore(chat, (state) => state.left.subject?.title ?? '');
  const right = useStore(chat, (state) => state.right.subject?.title ?? '');
  const titles = { left, right };
  return (
    <>
      <ol className="chat-exchanges" aria-label="Conversation">
        {exchanges.map((exchange) => (
          <li key={exchange.id}>
            <p className="chat-asked">{exchange.prompt}</p>
            <div className="chat-replies">
              {sides.map((side) => {
                const reply = exchange.replies[side];
                return reply ? (
                  <Answer key={side} title={titles[side]} reply={reply} />
                ) : (
                  <div key={side} />
                );
              })}
            </div>
          </li>
        ))}
      </ol>
      <Again />
      <p className="visually-hidden" aria-live="polite">
        {heard(exchanges.at(-1), titles)}
      </p>
    </>
  );
}

/** The last prompt once more: with another seed or temperature the answer is another. */
function Again() {
  const chat = chatOf(session);
  const isThere = useStore(
    chat,
    (state) =>
      state.exchanges.length > 0 &&
      !isAnswering(state) &&
      sides.some((side) => state[side].phase === 'ready'),
  );
  if (!isThere) return null;
  return (
    <div className="chat-again">
      <Button look="quiet" onPress={() => void askAgain(session)}>
        <RotateCcw aria-hidden /> Ask again
      </Button>
    </div>
  );
}

function Answer({ title, reply }: { readonly title: string; readonly reply: Reply }) {
  const { text, thought, status, failure } = reply;
  return (
    <article className="chat-reply" aria-label={title} aria-busy={isUnderWay(reply)}>
      <div className="chat-who">
        <h4>{title}</h4>
        {text !== '' && !isUnderWay(reply) && <CopyButton text={text} of={title} />}
      </div>
      {thought !== '' && (
        <details className="chat-thought small">
          <summary>{text === '' && isUnderWay(reply) ? 'Thinking…' : 'What it thought'}</summary>
          <p className="chat-text">{thought.trim()}</p>
        </details>
      )}
      {text !== '' && <p className="chat-text">{text}</p>}
      {text === '' && thought === '' && !failure && (
        <p className="chat-text faint">{isUnderWay(reply) ? '…' : 'It said nothing.'}</p>
      )}
      {failure && <FailureText failure={failure} />}
      <p className="faint small number">{status === 'answering' ? 'answering' : measured(reply)}</p>
    </article>
  );
}

function CopyButton({ text, of }: { readonly text: string; readonly of: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => session.view.getState().tell('The browser did not let this page copy.'),
    );
  return (
    <IconButton label={isCopied ? 'Copied' : `Copy the answer of ${of}`} onPress={copy}>
      {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
    </IconButton>
  );
}

const isUnderWay = ({ status }: Reply) => status === 'waiting' || status === 'answering';

function measured({ status, tokens, tokensPerSecond, isCut }: Reply): string {
  if (status === 'waiting') return 'reading the prompt';
  if (status === 'stopped') return 'stopped';
  if (status === 'failed') return '';
  const speed = tokensPerSecond === null ? '' : ` · ${speedText(tokensPerSecond)} tokens/s`;
  return `${tokens} ${tokens === 1 ? 'token' : 'tokens'}${speed}${isCut ? ' · cut at the limit' : ''}`;
}

function speedText(speed: number): string {
  return speed < 10 ? speed.toFixed(1) : speed.toFixed(0);
}

/** Only what is finished is read out: words that come one by one would interrupt each other. */
function heard(last: Exchange | undefined, titles: Readonly<Record<Side, string>>): string {
  if (!last) return '';
  return sides
    .flatMap((side) => {
      const reply = last.replies[side];
      if (!reply || isUnderWay(reply)) return [];
      return [`${titles[side]}: ${reply.failure?.message ?? (reply.text || 'nothing')}`];
    })
    .join('. ');
}
