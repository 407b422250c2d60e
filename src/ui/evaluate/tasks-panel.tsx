import { Columns3, LoaderCircle, Trash2, TriangleAlert } from 'lucide-react';
import { useId, useState } from 'react';
import { addTaskFiles, addText } from '../../commands/tasks/add-files.ts';
import { nameAgain, nameRefused } from '../../commands/tasks/name-columns.ts';
import type { Task } from '../../evaluate/tasks/task.ts';
import { session, useHub, useTaskFiles } from '../../stores/use-session.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { counted } from '../kit/format.ts';
import '../inspect/findings.css';

/** What the models are asked, and ways to ask more. */
export function TasksPanel({ tasks }: { readonly tasks: readonly Task[] }) {
  const refused = useTaskFiles((state) => state.refused);
  const sheets = useTaskFiles((state) => state.sheets);
  const reading = useTaskFiles((state) => state.reading);
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
            <code className="tasks-example">{exampleOf(task)}</code>
            <span className="tasks-actions">
              {task.id in sheets && (
                <IconButton
                  label={`Columns of ${task.title}…`}
                  onPress={() => nameAgain(session, task)}
                >
                  <Columns3 aria-hidden />
                </IconButton>
              )}
              <IconButton label={`Remove ${task.title}`} onPress={() => removeTask(task.id)}>
                <Trash2 aria-hidden />
              </IconButton>
            </span>
            <Source task={task} />
          </li>
        ))}
      </ul>
      {refused.length > 0 && (
        <ul className="tasks-refused" role="alert">
          {refused.map(({ failure, sheet }) => (
            <li key={failure.message} className="finding is-error">
              <TriangleAlert aria-hidden className="finding-icon" />
              <div className="finding-text">
                <FailureText failure={failure} />
              </div>
              {sheet && (
                <Button onPress={() => nameRefused(session, sheet)}>Name its columns…</Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className="tasks-add">
        <Button onPress={() => void addTaskFiles(session)}>
          {reading > 0 && <LoaderCircle aria-hidden className="spin" />} Add tasks from files…
        </Button>
        <Button look="quiet" onPress={() => session.view.getState().open('dataset')}>
          From the Hub…
        </Button>
        <TextTask />
      </div>
      <p className="param-help">
        JSONL, CSV or Parquet with the columns <code>prompt</code> and <code>answer</code> (an exact
        match), <code>prompt</code>, <code>choices</code> and <code>answer</code> (the likeliest
        choice), or <code>text</code>; MMLU, ARC, HellaSwag and other public sets as they are; of
        other columns you say what they are. Any other text is scored by its perplexity. Files can
        be dropped here, too. Half of every task is held out: a search for better numbers never sees
        it. Benchmarks that the models were trained on say little.
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

/** Where it comes from and how many of its rows are asked, where its name does not say it. */
function Source({ task: { title, source } }: { readonly task: Task }) {
  const hubUrl = useHub((state) => state.hubUrl);
  if (!source) return null;
  const { from, rows } = source;
  const count = (number: number) => number.toLocaleString('en');
  const some = rows.taken < rows.of && `the first ${count(rows.taken)} of ${count(rows.of)} rows`;
  const isNamed = from.kind === 'file' && from.name === title;
  if (isNamed && !some) return null;
  return (
    <span className="tasks-source">
      {from.kind === 'hub' ? (
        <>
          <a
            href={`${hubUrl}/datasets/${from.repo}/blob/${from.commit}/${from.path}`}
            target="_blank"
            rel="noreferrer"
          >
            {from.repo}: {from.path}
          </a>{' '}
          at {from.commit.slice(0, 10)}
        </>
      ) : (
        !isNamed && from.name
      )}
      {!isNamed && some && ', '}
      {some}
    </span>
  );
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
