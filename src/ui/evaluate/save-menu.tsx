import { Download } from 'lucide-react';
import { saveFile } from '../../commands/save-file.ts';
import { Button } from '../kit/button.tsx';
import { Menu } from '../kit/menu.tsx';

type SaveMenuProps = {
  /** Of the files, without an ending. */
  readonly name: string;
  /** A line for each score. */
  readonly csv: () => string;
  /** @param each whether every answer is told, too */
  readonly json: (each: boolean) => string;
  /** Whether answers are known one by one. */
  readonly hasAnswers?: boolean;
};

/** What was found, as a file for other programs. */
export function SaveMenu({ name, csv, json, hasAnswers = true }: SaveMenuProps) {
  const save = (ending: 'csv' | 'json', text: string) => {
    const type = ending === 'csv' ? 'text/csv' : 'application/json';
    saveFile(`${name}.${ending}`, new Blob([text], { type }));
  };
  const whole = 'with the recipe, where the tasks come from, and how sure each score is';
  const answers = {
    ...{ id: 'answers', label: 'JSON with every answer', note: 'what was said to each item' },
    run: () => save('json', json(true)),
  };
  const items = [
    { id: 'csv', label: 'CSV', note: 'a table', run: () => save('csv', csv()) },
    { id: 'json', label: 'JSON', note: whole, run: () => save('json', json(false)) },
    ...(hasAnswers ? [answers] : []),
  ];
  return (
    <Menu
      label="Save as"
      sections={[{ title: 'Save as', items }]}
      trigger={
        <Button look="quiet">
          <Download aria-hidden /> Save
        </Button>
      }
    />
  );
}
