import type { Dial } from '../../recipe/dials.ts';

type DialSelectProps = {
  readonly label: string;
  readonly dials: readonly Dial[];
  /** A dial's id, or one of the others. */
  readonly value: string;
  /** What can be chosen besides, and what it is called; it stands first. */
  readonly others?: readonly (readonly [id: string, name: string])[];
  readonly onChange: (id: string) => void;
};

/** A number of the recipe to be followed. */
export function DialSelect({ label, dials, value, others = [], onChange }: DialSelectProps) {
  const options = [...others, ...dials.map((dial) => [dial.id, dial.label] as const)];
  return (
    <label>
      {label}
      <select
        className="select-field"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
