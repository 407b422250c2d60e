import { Plus } from 'lucide-react';
import { renameFault } from '../../plan/names/rename.ts';
import type { Rename } from '../../recipe/recipe.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { ListButtons } from './list-buttons.tsx';

/** Renames that make an expert's tensors meet those of the base. */
export function TensorNames() {
  const renames = useRecipe((state) => state.recipe.renames);
  const experts = useRecipe((state) => state.recipe.experts);
  const edit = session.recipe.getState();
  const last = experts.at(-1);
  return (
    <Disclosure
      title="Tensor names"
      summary={renames.length === 0 ? 'as they are' : `${renames.length}`}
      open={renames.length > 0}
    >
      <p className="param-help">
        Gives tensors of an expert the names that the base has. <code>*</code> stands for any text;{' '}
        <code>#</code> for a number. <code>a + b</code> cuts a tensor into rows, or puts rows
        together. The first that matches wins.
      </p>
      <ol className="rules">
        {renames.map((rename, position) => (
          <li key={rename.id}>
            <RenameEditor rename={rename} position={position} />
          </li>
        ))}
      </ol>
      <div className="rule-buttons">
        <Button
          isDisabled={!last}
          onPress={() =>
            last && edit.addItems('renames', [{ model: last.model.id, from: '*', to: '*' }])
          }
        >
          <Plus aria-hidden /> Add rename
        </Button>
      </div>
    </Disclosure>
  );
}

type RenameEditorProps = { readonly rename: Rename; readonly position: number };

function RenameEditor({ rename, position }: RenameEditorProps) {
  const experts = useRecipe((state) => state.recipe.experts);
  const edit = session.recipe.getState();
  const change = (next: Partial<Omit<Rename, 'id'>>) => edit.changeItem('renames', rename.id, next);
  const name = `Rename ${position + 1}`;
  const fault = renameFault(rename);
  const isUnknown = !experts.some(({ model }) => model.id === rename.model);
  const field = (side: 'from' | 'to', label: string) => (
    <label className="rename-side">
      <span>{label}</span>
      <input
        className="text-field"
        aria-label={`${name}, ${side === 'from' ? 'the expert’s name' : 'the base’s name'}`}
        aria-invalid={fault !== null}
        title={fault ?? undefined}
        spellCheck={false}
        value={rename[side]}
        onChange={(event) => change({ [side]: event.target.value })}
      />
    </label>
  );
  return (
    <fieldset className="rule" aria-label={name}>
      <div className="rule-head">
        <select
          className="select-field"
          aria-label={`${name}, expert`}
          value={rename.model}
          onChange={(event) => change({ model: event.target.value })}
        >
          {isUnknown && <option value={rename.model}>in a model that is no expert</option>}
          {experts.map(({ model }) => (
            <option key={model.id} value={model.id}>
              in {model.name}
            </option>
          ))}
        </select>
        <span className="spacer" />
        <ListButtons list="renames" id={rename.id} name={name} isFirst={position === 0} />
      </div>
      {field('from', 'from')}
      {field('to', 'to')}
    </fieldset>
  );
}
