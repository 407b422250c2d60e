import { useStore } from 'zustand';
import { chatOf, type Exchange, type Reply, type Side, sides } from '../../stores/chat.ts';
import { session } from '../../stores/use-session.ts';
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
      <p className="visually-hidden" aria-live="polite">
        {heard(exchanges.at(-1), titles)}
      </p>
    </>
  );
}

function Answer({ title, reply }: { readonly title: string; readonly reply: Reply }) {
  const { text, status, failure } = reply;
  return (
    <article className="chat-reply" aria-label={title} aria-busy={isUnderWay(reply)}>
      <h4 className="chat-who">{title}</h4>
      {text === '' && !failure ? (
        <p className="chat-text faint">{isUnderWay(reply) ? '…' : 'It said nothing.'}</p>
      ) : (
        <p className="chat-text">{text}</p>
      )}
      {failure && <FailureText failure={failure} />}
      <p className="faint small number">{status === 'answering' ? 'answering' : measured(reply)}</p>
    </article>
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
