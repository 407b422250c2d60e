import { Minus, Plus } from 'lucide-react';
import { type ClipboardEvent, useState } from 'react';
import { mostElements, type Rows } from '../../../stores/stepper.ts';
import { Button } from '../../kit/button.tsx';
import { Disclosure } from '../../kit/disclosure.tsx';
import { plain } from '../../kit/format.ts';
import { changeIn, pasted, tableIn } from './paste.ts';
import './numbers.css';

type NumbersProps = {
  readonly names: readonly string[];
  readonly rows: Rows;
  /** Whether there may be more elements or fewer; those of a tensor are as many as they are. */
  readonly canResize: boolean;
  readonly onChange: (rows: Rows) => void;
};

/** Every number of the figure as a field to type into; a row or a table can be pasted. */
export function NumbersTable({ names, rows, canResize, onChange }: NumbersProps) {
  const count = rows[0].length;
  const resized = (to: number) =>
    onChange(rows.map((row) => Array.from({ length: to }, (_, i) => row[i] ?? 0)));
  return (
    <Disclosure title="Type the numbers" summary={canResize ? 'or paste a table of them' : ''}>
      <div className="numbers-scroll">
        <table className="numbers" aria-label="Numbers">
          <thead>
            <tr>
              <td />
              {rows[0].map((_, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: an element is its number
                <th key={i} scope="col" className="number faint">
                  {i + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, model) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a model is its row
              <tr key={model}>
                <th scope="row">{names[model]}</th>
                {row.map((value, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: an element is its number
                  <td key={i}>
                    <Field
                      label={`${names[model]}, element ${i + 1}`}
                      value={value}
                      onChange={(next) => onChange(rows.with(model, row.with(i, next)))}
                      onPaste={(event) => {
                        const table = tableIn(event.clipboardData.getData('text'));
                        if (table === null) return;
                        event.preventDefault();
                        onChange(pasted(rows, table, model, i, canResize));
                      }}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {canResize && (
        <p className="numbers-size">
          <Button isDisabled={count >= mostElements} onPress={() => resized(count + 1)}>
            <Plus aria-hidden /> One element more
          </Button>
          <Button isDisabled={count <= 1} onPress={() => resized(count - 1)}>
            <Minus aria-hidden /> One less
          </Button>
        </p>
      )}
    </Disclosure>
  );
}

type FieldProps = {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
};

/** Keeps what is being typed until it is a number. */
function Field({ label, value, onChange, onPaste }: FieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const isNumber = draft === null || changeIn(draft) !== null;
  return (
    <input
      className="number-field"
      inputMode="decimal"
      autoComplete="off"
      aria-label={label}
      aria-invalid={!isNumber}
      title={isNumber ? undefined : 'A number'}
      value={draft ?? plain(value).replace('-', '−')}
      onChange={(event) => {
        setDraft(event.target.value);
        const next = changeIn(event.target.value);
        if (next !== null) onChange(next);
      }}
      onPaste={onPaste}
      onBlur={() => setDraft(null)}
    />
  );
}
