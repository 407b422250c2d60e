import { type Filter, type Keep, tensorGroups } from '../../recipe/recipe.ts';

type FilterEditorProps<F> = {
  readonly filter: F;
  readonly name: string;
  /** Offered besides: tensors that cannot be merged, and task heads. */
  readonly misfits?: F extends Filter ? false : boolean;
  readonly onChange: (filter: F | Filter) => void;
};

/** Which tensors a rule is about. */
export function FilterEditor<F extends Keep['filter']>(props: FilterEditorProps<F>) {
  const { filter, name, misfits = false, onChange } = props;
  const text =
    filter.kind === 'contains' ? filter.text : filter.kind === 'name' ? filter.name : null;
  const choose = (value: string) => {
    const group = tensorGroups.find((candidate) => candidate === value);
    if (group) onChange({ kind: 'group', group });
    else if (value === 'name') onChange({ kind: 'name', name: text ?? '' });
    else if (value === 'misfit' || value === 'task head') onChange({ kind: value } as F);
    else onChange({ kind: 'contains', text: text ?? '' });
  };
  return (
    <div className="rule-filter">
      <select
        className="select-field"
        aria-label={`${name}, tensors`}
        value={filter.kind === 'group' ? filter.group : filter.kind}
        onChange={(event) => choose(event.target.value)}
      >
        {misfits && <option value="misfit">that do not fit</option>}
        {misfits && <option value="task head">of the task head</option>}
        {tensorGroups.map((group) => (
          <option key={group} value={group}>
            in {group}
          </option>
        ))}
        <option value="contains">whose name contains</option>
        <option value="name">whose name is</option>
      </select>
      {text !== null && (
        <input
          className="text-field"
          aria-label={filter.kind === 'name' ? `${name}, whole name` : `${name}, part of the name`}
          placeholder={filter.kind === 'name' ? 'lm_head.weight' : 'layers.0.'}
          spellCheck={false}
          value={text}
          onChange={({ target: { value } }) =>
            onChange(
              filter.kind === 'name'
                ? { kind: 'name', name: value }
                : { kind: 'contains', text: value },
            )
          }
        />
      )}
    </div>
  );
}
