import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { chooseSubject, chooseType, startChat } from '../../commands/chat-models.ts';
import { listKept } from '../../commands/kept.ts';
import {
  type ChatState,
  chatOf,
  chatTypes,
  isBusy,
  proposed,
  type Side,
  sides,
  subjectsOf,
} from '../../stores/chat.ts';
import { session, useModels, useRecipe, useRun } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { bytes } from '../kit/format.ts';
import { SelectField } from '../kit/select-field.tsx';
import { Exchanges } from './exchanges.tsx';
import { PerplexityOf } from './perplexity-of.tsx';
import { Prompt } from './prompt.tsx';
import { SidePanel } from './side-panel.tsx';
import './chat.css';

export const useChat = <T,>(select: (state: ChatState) => T): T =>
  useStore(chatOf(session), select);

const typeNames = { F16: 'F16: 16 bits a weight', Q8_0: 'Q8_0: half the size' } as const;

/** The merge beside a parent: both answer what is asked, by llama.cpp in this page. */
export default function ChatView() {
  const type = useChat((state) => state.type);
  const kept = useRun((state) => state.kept);
  const slots = useModels((state) => state.slots);
  const recipe = useRecipe((state) => state.recipe);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the subjects are made of
  const subjects = useMemo(() => subjectsOf(session), [kept, slots, recipe]);
  useEffect(() => void listKept(session), []);
  useEffect(() => {
    const wanted = proposed(subjects);
    for (const side of sides) {
      const { subject, phase, isChosen } = chatOf(session).getState()[side];
      const isThere = subjects.some(({ key }) => key === subject?.key);
      if (isBusy({ phase }) || (isThere && (isChosen || phase === 'ready'))) continue;
      if (wanted[side]?.key !== subject?.key) {
        void chooseSubject(session, side, wanted[side], false);
      }
    }
  }, [subjects]);
  if (subjects.length === 0) {
    return (
      <p className="chat-empty">
        There is no model to talk to yet. Open a model, or merge: a merge that lies finished in
        private storage can be asked here, beside its parents.
      </p>
    );
  }
  return (
    <section className="chat" aria-label="Chat">
      <p className="param-help">
        Two models answer the same prompt, run by llama.cpp in this page: nothing leaves your
        machine. Each is written once as a GGUF into private storage, and stays there until you
        remove it.
        {subjects.every(({ kind }) => kind !== 'merge') &&
          ' A merge can be chosen here once it lies finished in private storage: press Merge.'}
      </p>
      <div className="chat-sides">
        {sides.map((side) => (
          <SidePanel key={side} side={side} subjects={subjects} />
        ))}
      </div>
      <StartLine>
        <SelectField
          label="Weights as"
          value={type}
          options={chatTypes.map((each) => [each, typeNames[each]])}
          onChange={(each) => void chooseType(session, each)}
        />
      </StartLine>
      <Exchanges />
      <Prompt />
      <PerplexityOf />
    </section>
  );
}

/** What the button is about to do, in bytes; nothing once all that is chosen is loaded. */
function StartLine({ children }: { readonly children: React.ReactNode }) {
  const left = useChat((state) => state.left);
  const right = useChat((state) => state.right);
  const type = useChat((state) => state.type);
  const both: readonly (typeof left)[] = [left, right];
  const isRunning = both.some(isBusy);
  const waiting = both.filter(({ phase }) => phase === 'known' || phase === 'failed');
  if (waiting.length === 0 && !isRunning && both.some(({ phase }) => phase === 'ready'))
    return null;
  const toWrite = waiting
    .filter(({ keptBytes }) => keptBytes === null)
    .reduce((sum, { outlook }) => sum + sizeOf(outlook, type), 0);
  const isFar = waiting.some(({ subject, keptBytes }) => subject?.isFar && keptBytes === null);
  return (
    <div className="chat-start">
      {children}
      <p className="small">
        {toWrite > 0 && (
          <>
            <span className="number">{bytes(toWrite)}</span> of GGUF are written into private
            storage
            {isFar && ', for which weights come from the Hub'}.{' '}
          </>
        )}
        llama.cpp itself is <span className="number">2.9 MB</span>, fetched from where this page is.
      </p>
      <Button
        look="primary"
        isDisabled={isRunning || waiting.length === 0}
        onPress={() => void startChat(session)}
      >
        {toWrite > 0 ? 'Write and load' : 'Load'}
      </Button>
    </div>
  );
}

function sizeOf(outlook: ChatState[Side]['outlook'], type: ChatState['type']): number {
  return outlook?.sizes.find((each) => each.type === type)?.bytes ?? 0;
}
