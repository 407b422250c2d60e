import type { Keep } from '../../recipe/recipe.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { FilterEditor } from './filter-editor.tsx';
import { ListButtons } from './list-buttons.tsx';

type KeepEditorProps = { readonly keep: Keep; readonly position: number };

/** One rule that takes tensors out of the merge: whose they are, and which. */
export function KeepEditor({ keep, position }: KeepEditorProps) {
  const experts = useRecipe((state) => state.recipe.experts);
  const edit = session.recipe.getState();
  const change = (next: Partial<Omit<Keep, 'id'>>) => edit.changeItem('keeps', keep.id, next);
  const name = `Keep ${position + 1}`;
  const { from } = keep;
  const isUnknown = from.kind === 'model' && !experts.some(({ model }) => model.id === from.model);
  const choose = (value: string) =>
    change({
      from: value === 'base' || value === 'refuse' ? { kind: value } : modelFrom(value),
    });
  return (
    <fieldset className="rule" aria-label={name}>
      <div className="rule-head">
        <select
          className="select-field"
          aria-label={`${name}, whose tensors`}
          value={from.kind === 'model' ? `of ${from.model}` : from.kind}
          onChange={(event) => choose(event.target.value)}
        >
          <option value="base">keep the base’s tensors</option>
          {experts.map(({ model }) => (
            <option key={model.id} value={`of ${model.id}`}>
              keep those of {model.name}
            </option>
          ))}
          {isUnknown && (
            <option value={`of ${from.model}`}>keep those of a model that is no expert</option>
          )}
          <option value="refuse">merge, and refuse what does not fit</option>
        </select>
        <span className="spacer" />
        <ListButtons list="keeps" id={keep.id} name={name} isFirst={position === 0} />
      </div>
      <FilterEditor
        filter={keep.filter}
        name={name}
        misfits
        onChange={(filter) => change({ filter })}
      />
    </fieldset>
  );
}

const modelFrom = (value: string) => ({ kind: 'model', model: value.slice('of '.length) }) as const;
