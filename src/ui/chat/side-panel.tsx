import { CircleX, LoaderCircle } from 'lucide-react';
import { useId } from 'react';
import { useStore } from 'zustand';
import type { Trusted } from '../../chat/trusted.ts';
import { chooseSubject, removeGguf, unload } from '../../commands/chat-models.ts';
import { chatOf, isBusy, type Side, type SideState, type Subject } from '../../stores/chat.ts';
import { session } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes } from '../kit/format.ts';
import { RemoveButton } from '../kit/remove-button.tsx';

const names: Readonly<Record<Side, string>> = { left: 'First model', right: 'Second model' };
const kinds: Readonly<Record<Subject['kind'], string>> = {
  ...{ merge: 'merge', base: 'base', expert: 'expert', other: 'open' },
};

type SidePanelProps = { readonly side: Side; readonly subjects: readonly Subject[] };

/** One of the two models: which, how far it is from answering, and what it runs with. */
export function SidePanel({ side, subjects }: SidePanelProps) {
  const state = useStore(chatOf(session), (all) => all[side]);
  const { subject, phase } = state;
  const id = useId();
  return (
    <div className="chat-side">
      <label className="visually-hidden" htmlFor={id}>
        {names[side]}
      </label>
      <select
        id={id}
        className="select-field"
        value={subject?.key ?? ''}
        disabled={isBusy({ phase })}
        onChange={({ target }) =>
          void chooseSubject(
            session,
            side,
            subjects.find(({ key }) => key === target.value) ?? null,
          )
        }
      >
        <option value="">none</option>
        {subjects.map(({ key, title, kind }) => (
          <option key={key} value={key}>
            {title} ({kinds[kind]})
          </option>
        ))}
      </select>
      <Status side={side} state={state} />
    </div>
  );
}

function Status({ side, state }: { readonly side: Side; readonly state: SideState }) {
  const { phase, share, failure, trusted, keptBytes, folder } = state;
  switch (phase) {
    case 'empty':
      return <p className="faint small">Nobody answers here.</p>;
    case 'looking':
      return (
        <p className="small" role="status">
          <LoaderCircle aria-hidden className="spin inline-icon" /> Looking at the model…
        </p>
      );
    case 'writing':
      return (
        <div className="chat-status">
          <progress value={share} max={1} aria-label="Written and read back" />
          <span className="small">Writing its GGUF…</span>
          <Button look="quiet" onPress={() => void unload(session, side)}>
            Cancel
          </Button>
        </div>
      );
    case 'loading':
      return (
        <div className="chat-status">
          <span className="small" role="status">
            <LoaderCircle aria-hidden className="spin inline-icon" /> Loading, and checking its
            first answer…
          </span>
          <Button look="quiet" onPress={() => void unload(session, side)}>
            Cancel
          </Button>
        </div>
      );
    case 'failed':
      return (
        <div className="finding is-error" role="alert">
          <CircleX aria-hidden className="finding-icon" />
          <div className="finding-text">{failure && <FailureText failure={failure} />}</div>
        </div>
      );
    default:
      return (
        <>
          {phase === 'ready' && trusted && <RunsWith trusted={trusted} />}
          <div className="chat-status">
            <span className="faint small">
              {keptBytes === null ? (
                'Not written as a GGUF yet.'
              ) : (
                <>
                  GGUF of <span className="number">{bytes(keptBytes)}</span> in private storage
                </>
              )}
            </span>
            {phase === 'ready' && (
              <Button look="quiet" onPress={() => void unload(session, side)}>
                Unload
              </Button>
            )}
            {keptBytes !== null && (
              <RemoveButton
                what={folder}
                warning="The GGUF can be written again from the model."
                onRemove={() => removeGguf(session, side)}
              />
            )}
          </div>
        </>
      );
  }
}

const untold = {
  none: 'It has no chat template',
  unusable: 'llama.cpp cannot use its chat template',
} as const;

/** The processor, and why it is not the better one. */
function RunsWith({ trusted: { llama, processor, check } }: { readonly trusted: Trusted }) {
  const { threads, template } = llama.with;
  const slow = [
    ...(processor.why ? [`Not on the GPU: ${processor.why}.`] : []),
    ...(processor.kind === 'cpu' && threads === 1
      ? ['One thread: more need a page that is cross-origin isolated.']
      : []),
  ];
  const hints = [
    ...(template === 'used'
      ? []
      : [
          `${untold[template]}: each prompt is continued as it stands, without what was said before.`,
        ]),
    ...(check && !check.isGood
      ? [`Its first token differs from ${check.against} by ${check.difference.toFixed(2)} nats.`]
      : []),
  ];
  return (
    <div className="small">
      <p role="status">
        Ready on{' '}
        {processor.kind === 'gpu'
          ? `the GPU (${processor.adapter}, 16-bit floats)`
          : `the CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`}
        {check?.isGood && `; its first token agrees with ${check.against}`}.
      </p>
      {hints.map((hint) => (
        <p key={hint} className="chat-hint">
          {hint}
        </p>
      ))}
      {slow.length > 0 && (
        <details className="chat-hint">
          <summary>Why it is not faster</summary>
          {slow.map((hint) => (
            <p key={hint}>{hint}</p>
          ))}
        </details>
      )}
    </div>
  );
}
