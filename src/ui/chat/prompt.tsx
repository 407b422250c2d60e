import { Send, Square } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { ask, stopAnswers } from '../../commands/chat.ts';
import { chatOf, isAnswering, sides } from '../../stores/chat.ts';
import { session, useScores } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';

/** One box for all models. Enter sends; with Shift it begins a line. */
export function Prompt() {
  const chat = chatOf(session);
  const [text, setText] = useState('');
  const isAsking = useStore(chat, isAnswering);
  const canAnswer = useStore(chat, (state) => sides.some((side) => state[side].phase === 'ready'));
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const exchanges = useStore(chat, (state) => state.exchanges);
  // What is written below the fold pushes the box out of sight.
  useEffect(() => {
    if (exchanges.length > 0) form.current?.scrollIntoView({ block: 'nearest' });
  }, [exchanges]);
  const send = () => {
    if (!canAnswer || isAsking || text.trim() === '') return;
    void ask(session, text);
    setText('');
  };
  return (
    <form
      ref={form}
      className="chat-prompt"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={id} className="visually-hidden">
        Prompt for both models
      </label>
      <textarea
        ref={box}
        id={id}
        className="chat-box"
        rows={2}
        value={text}
        placeholder={canAnswer ? 'Ask both…' : 'Load a model first'}
        disabled={!canAnswer}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          // An Enter that ends the writing of a character sends nothing.
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      {canAnswer && exchanges.length === 0 && (
        <Examples
          onTake={(prompt) => {
            setText(prompt);
            box.current?.focus();
          }}
        />
      )}
      <SystemPrompt />
      <div className="chat-actions">
        <Numbers />
        <Button
          look="quiet"
          isDisabled={exchanges.length === 0 || isAsking}
          onPress={chat.getState().clear}
        >
          Clear
        </Button>
        {isAsking ? (
          <Button onPress={() => stopAnswers(session)}>
            <Square aria-hidden /> Stop
          </Button>
        ) : (
          <Button look="primary" isDisabled={!canAnswer || text.trim() === ''} onPress={send}>
            <Send aria-hidden /> Send
          </Button>
        )}
      </div>
    </form>
  );
}

/** A first prompt, for whoever does not know yet what these models were made for: one of each task. */
function Examples({ onTake }: { readonly onTake: (prompt: string) => void }) {
  const tasks = useScores((state) => state.tasks);
  const prompts = tasks.flatMap((task) => {
    const first = task.kind === 'exact' ? task.items[0] : undefined;
    return first && first.prompt.length <= 60 ? [first.prompt] : [];
  });
  if (prompts.length === 0) return null;
  return (
    <div className="chat-examples small">
      Such as
      {[...new Set(prompts)].slice(0, 4).map((prompt) => (
        <Button key={prompt} look="quiet" onPress={() => onTake(prompt)}>
          {prompt.trim()}
        </Button>
      ))}
    </div>
  );
}

/** Only where a model hears it: told by its chat template. */
function SystemPrompt() {
  const chat = chatOf(session);
  const system = useStore(chat, (state) => state.system);
  const isHeard = useStore(chat, (state) =>
    sides.some((side) => state[side].trusted?.llama.with.template === 'used'),
  );
  const id = useId();
  if (!isHeard) return null;
  return (
    <div className="chat-system">
      <label htmlFor={id} className="small">
        System prompt
      </label>
      <textarea
        id={id}
        className="chat-box"
        rows={1}
        value={system}
        placeholder="None: what the chat template says by itself"
        onChange={({ target }) => chat.getState().set({ system: target.value })}
      />
    </div>
  );
}

const numbers = [
  ['temperature', 'Temperature', 0, 2, 0.1],
  ['seed', 'Seed', 0, 2 ** 31 - 1, 1],
  ['maxTokens', 'Most tokens', 1, 2000, 1],
] as const;

function Numbers() {
  const chat = chatOf(session);
  const state = useStore(chat);
  return numbers.map(([key, label, min, max, step]) => (
    <label key={key} className="chat-number small">
      {label}
      <input
        type="number"
        className="number-field"
        {...{ min, max, step }}
        value={state[key]}
        onChange={({ target: { valueAsNumber: value } }) => {
          if (value >= min && value <= max)
            state.set({ [key]: step === 1 ? Math.round(value) : value });
        }}
      />
    </label>
  ));
}
