import { useId, useState } from 'react';
import type { Naming, Place, Role, TaskKind } from '../../evaluate/tasks/naming.ts';
import { completed } from '../../evaluate/tasks/read/columns.ts';
import { Button } from '../kit/button.tsx';
import { Segmented } from '../kit/segmented.tsx';
import { SelectField } from '../kit/select-field.tsx';

type FormProps = {
  readonly naming: Naming;
  readonly columns: readonly string[];
  readonly onChange: (naming: Naming) => void;
};

const kinds: readonly { readonly value: TaskKind; readonly label: string }[] = [
  { value: 'exact', label: 'Exact match' },
  { value: 'choice', label: 'Multiple choice' },
  { value: 'text', label: 'Perplexity' },
  { value: 'pairs', label: 'Pairs' },
];

const meanings: Readonly<Record<TaskKind, string>> = {
  exact:
    'The model continues the prompt; what it writes up to the end of the line has to be the answer.',
  choice: 'The right choice has to be likelier behind the prompt than every other.',
  text: 'How likely the model finds each text.',
  pairs: 'Encoders only: whether cosines of two texts come in the order of the scores.',
};

/** The kind of task, and which column is what. */
export function ColumnsForm({ naming, columns, onChange }: FormProps) {
  const { kind = 'exact' } = naming;
  const change = (changes: Naming) => onChange(completed(kind, { ...naming, ...changes }, columns));
  const field = (role: Role, label: string) => (
    <SelectField
      label={label}
      options={columnOptions(columns)}
      value={String(naming.columns?.[role] ?? '')}
      onChange={(name) => change({ columns: { ...naming.columns, [role]: name } })}
    />
  );
  return (
    <>
      <div>
        <Segmented
          label="Kind of task"
          options={kinds}
          value={kind}
          onChange={(value) => onChange(completed(value, keptOf(naming), columns))}
        />
        <p className="param-help">{meanings[kind]}</p>
      </div>
      {kind === 'text' && field('text', 'Text')}
      {kind === 'pairs' && (
        <>
          {field('a', 'One text')}
          {field('b', 'The other')}
          {field('score', 'How alike they are')}
        </>
      )}
      {(kind === 'exact' || kind === 'choice') && (
        <>
          {field('prompt', 'Prompt')}
          <Template naming={naming} columns={columns} onChange={change} />
          <Places kind={kind} naming={naming} onChange={change} />
        </>
      )}
      {kind === 'choice' && <Choices naming={naming} columns={columns} onChange={change} />}
      {((kind === 'exact' && naming.place !== 'last word') || kind === 'choice') &&
        field('answer', kind === 'choice' ? 'Which is right' : 'Answer')}
    </>
  );
}

/** Of another kind the prompt is the same. */
function keptOf({ columns = {}, template }: Naming): Naming {
  const prompt = columns.prompt;
  return {
    ...(prompt === undefined ? {} : { columns: { prompt } }),
    ...(template === undefined ? {} : { template }),
  };
}

const columnOptions = (columns: readonly string[]) => [
  ['', 'choose a column'] as const,
  ...columns.map((name) => [name, name] as const),
];

function Template({ naming, columns, onChange }: FormProps) {
  const id = useId();
  const prompt = String(naming.columns?.prompt ?? columns[0]);
  const usual = `Question: {${prompt}}\nAnswer: {answer}`;
  const set = (text: string) => onChange({ template: text === '' ? undefined : text });
  return (
    <div className="naming-template">
      <label htmlFor={id}>Asked as</label>
      <textarea
        id={id}
        className="text-field"
        aria-describedby={`${id}-help`}
        rows={3}
        spellCheck={false}
        placeholder={`{${prompt}}{answer}`}
        value={naming.template ?? ''}
        onChange={({ target }) => set(target.value)}
      />
      <p id={`${id}-help`} className="param-help">
        Columns in braces; <code>{'{answer}'}</code> is where the answer stands, or each choice. A
        list becomes lines with letters. Left empty, the answer follows the prompt at once.{' '}
        {naming.template !== usual && (
          <Button look="quiet" className="naming-usual" onPress={() => set(usual)}>
            Question: … Answer: …
          </Button>
        )}
      </p>
    </div>
  );
}

const placeNames: Readonly<Record<'exact' | 'choice', readonly (readonly [Place, string])[]>> = {
  exact: [
    ['column', 'a column of its own'],
    ['after ####', 'there, behind the last ####'],
    ['last word', 'the last word of the prompt'],
  ],
  choice: [
    ['column', 'behind the prompt'],
    ['blank', 'at the _ in the prompt'],
  ],
};

type PartProps = Pick<FormProps, 'naming' | 'onChange'>;

function Places({ kind, naming, onChange }: PartProps & { readonly kind: 'exact' | 'choice' }) {
  return (
    <SelectField
      label={kind === 'exact' ? 'The answer is' : 'Choices stand'}
      options={placeNames[kind]}
      value={naming.place ?? 'column'}
      onChange={(place) => onChange({ place: place === 'column' ? undefined : place })}
    />
  );
}

const ways = [
  ['list', 'a list in one column'],
  ['columns', 'one column each'],
  ['same', 'the same in every row'],
] as const;
type Way = (typeof ways)[number][0];

function Choices({ naming, columns, onChange }: FormProps) {
  const id = useId();
  const chosen = naming.columns?.choices;
  const [text, setText] = useState(naming.options?.join(', ') ?? 'no, yes');
  const way: Way = naming.options ? 'same' : Array.isArray(chosen) ? 'columns' : 'list';
  const setChoices = (choices: string | readonly string[]) =>
    onChange({ options: undefined, columns: { ...naming.columns, choices } });
  const setOptions = (typed: string) => {
    setText(typed);
    onChange({ options: typed.split(',').map((each) => each.trim()) });
  };
  const setWay = (next: Way) => {
    if (next === 'same') setOptions(text);
    else setChoices(next === 'columns' ? [] : '');
  };
  return (
    <>
      <SelectField label="Choices are" options={ways} value={way} onChange={setWay} />
      {way === 'list' && (
        <SelectField
          label="Column of the list"
          options={columnOptions(columns)}
          value={String(chosen ?? '')}
          onChange={setChoices}
        />
      )}
      {way === 'columns' && (
        <fieldset className="naming-columns">
          <legend>Columns of the choices</legend>
          {columns.map((name) => (
            <label key={name} className="switch small">
              <input
                type="checkbox"
                checked={chosen?.includes(name) ?? false}
                onChange={({ target }) =>
                  setChoices(
                    columns.filter((each) =>
                      each === name ? target.checked : chosen?.includes(each),
                    ),
                  )
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      {way === 'same' && (
        <div className="field-row">
          <label htmlFor={id}>The choices, with commas between</label>
          <input
            id={id}
            className="text-field"
            value={text}
            onChange={({ target }) => setOptions(target.value)}
          />
        </div>
      )}
    </>
  );
}
