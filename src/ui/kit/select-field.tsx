import { useId } from 'react';

type SelectFieldProps<T extends string> = {
  readonly label: string;
  readonly value: T;
  /** What can be chosen, and what it is called. */
  readonly options: readonly (readonly [value: T, name: string])[];
  /** Says under the field what the choice means. */
  readonly help?: string;
  readonly onChange: (value: T) => void;
};

/** A choice of one in a row of a form: its label on the left, under it what it means. */
export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { label, value, options, help, onChange } = props;
  const id = useId();
  return (
    <>
      <div className="field-row">
        <label htmlFor={id}>{label}</label>
        <select
          id={id}
          className="select-field"
          aria-describedby={help === undefined ? undefined : `${id}-help`}
          value={value}
          onChange={({ target }) => onChange(options[target.selectedIndex][0])}
        >
          {options.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {help !== undefined && (
        <p id={`${id}-help`} className="param-help">
          {help}
        </p>
      )}
    </>
  );
}
