import { Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { addTaskFiles, addText } from '../../commands/tasks/add-files.ts';
import type { Task } from '../../evaluate/tasks/task.ts';
import { session, useTaskFiles } from '../../stores/use-session.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { counted } from '../kit/format.ts';

/** What the models are asked, and ways to ask more. */
export function TasksPanel({ tasks }: { readonly tasks: readonly Task[] }) {
  const refused = useTaskFiles((state) => state.refused);
  const { removeTask } = session.scores.getState();
  return (
    <section className="tasks" aria-labelledby="tasks-title">
      <h4 id="tasks-title">Tasks</h4>
      <ul className="tasks-list">
        {tasks.map((task) => (
          <li key={task.id}>
            <span className="tasks-name">{task.title}</span>
            <span className="faint small number">
              {counted(task.items.length, nouns[task.kind])}
            </span>
            <code className="tasks-example" title={sourceOf(task)}>
              {exampleOf(task)}
            </code>
            <IconButton label={`Remove ${task.title}`} onPress={() => removeTask(task.id)}>
              <Trash2 aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      {refused.length > 0 && (
        <ul className="tasks-refused" role="alert">
          {refused.map(({ failure }) => (
            <li key={failure.message}>
              <FailureText failure={failure} />
            </li>
          ))}
        </ul>
      )}
      <div className="tasks-add">
        <Button onPress={() => void addTaskFiles(session)}>Add tasks from files…</Button>
        <TextTask />
      </div>
      <p className="param-help">
        JSONL, CSV or Parquet with the columns <code>prompt</code> and <code>answer</code> (an exact
        match), <code>prompt</code>, <code>choices</code> and <code>answer</code> (the likeliest
        choice), or <code>text</code>; any other text is scored by its perplexity. Half of every
        task is held out: a search for better numbers never sees it. Benchmarks that the models were
        trained on say little.
      </p>
    </section>
  );
}

const nouns: Readonly<Record<Task['kind'], string>> = {
  exact: 'prompt',
  choice: 'question',
  text: 'piece',
  pairs: 'pair',
};

function exampleOf(task: Task): string {
  const cut = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
  switch (task.kind) {
    case 'exact':
      return cut(`${task.items[0].prompt}${task.items[0].answer}`);
    case 'choice':
      return cut(`${task.items[0].prompt} ${task.items[0].choices.join(' / ')}`);
    case 'text':
      return cut(task.items[0].text.trim());
    case 'pairs':
      return cut(`${task.items[0].a} | ${task.items[0].b}`);
    default:
      return task satisfies never;
  }
}

/** Where it comes from, and how many of its rows. */
function sourceOf({ source }: Task): string | undefined {
  if (!source) return undefined;
  const { from, rows } = source;
  const file =
    from.kind === 'file' ? from.name : `${from.repo}, ${from.path} at ${from.commit.slice(0, 10)}`;
  const count = (number: number) => number.toLocaleString('en-US');
  return rows.taken < rows.of
    ? `${file}: the first ${count(rows.taken)} of ${count(rows.of)} rows`
    : file;
}

/** A text that is pasted. */
function TextTask() {
  const [isOpen, setOpen] = useState(false);
  /** Not before it was open once: the panel itself takes no focus. */
  const [wasOpen, setWasOpen] = useState(false);
  const [text, setText] = useState('');
  const id = useId();
  const open = () => {
    setWasOpen(true);
    setOpen(true);
  };
  if (!isOpen) {
    return (
      <Button look="quiet" autoFocus={wasOpen} onPress={open}>
        Paste a text…
      </Button>
    );
  }
  const add = () => {
    addText(session, `Text: ${text.trim().slice(0, 24)}`, text);
    setText('');
    setOpen(false);
  };
  return (
    <div className="tasks-paste">
      <label htmlFor={id}>A text that the models should find likely</label>
      <textarea
        id={id}
        // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed
        autoFocus
        rows={4}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <div>
        <Button onPress={add} isDisabled={text.trim() === ''}>
          Add the text
        </Button>
        <Button look="quiet" onPress={() => setOpen(false)}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
