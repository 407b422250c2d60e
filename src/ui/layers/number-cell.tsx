import { useState } from 'react';

type NumberCellProps = {
  readonly id: string;
  /** Null shows the placeholder. */
  readonly value: number | null;
  readonly placeholder?: string;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  /** Null where the field is empty and may be. */
  onChange(value: number | null): void;
};

/** A number in a row of a form. What is no number within the limits is not taken, and marked until it is one. */
export function NumberCell({
  id,
  value,
  placeholder,
  min,
  max,
  integer,
  onChange,
}: NumberCellProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? (value === null ? '' : String(value));
  const read = (of: string): number | null | undefined => {
    if (of.trim() === '') return placeholder === undefined ? undefined : null;
    const number = Number(of);
    const fits = Number.isFinite(number) && number >= min && number <= max;
    return fits && !(integer && !Number.isInteger(number)) ? number : undefined;
  };
  const isBad = draft !== null && read(draft) === undefined;
  return (
    <input
      id={id}
      type="number"
      className="text-field slice-number"
      value={text}
      placeholder={placeholder}
      min={Number.isFinite(min) ? min : undefined}
      max={Number.isFinite(max) ? max : undefined}
      step={integer ? 1 : 'any'}
      aria-invalid={isBad || undefined}
      title={isBad ? `A number from ${min} to ${max}` : undefined}
      onChange={({ target }) => {
        setDraft(target.value);
        const found = read(target.value);
        if (found !== undefined) onChange(found);
      }}
      onBlur={() => setDraft(null)}
    />
  );
}
