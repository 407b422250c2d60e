import { useId } from 'react';
import { NumberField } from './number-slider.tsx';

type NumberRowProps = {
  readonly label: string;
  /** Said instead of the label to a screen reader, where that alone does not tell. */
  readonly name?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** Takes whole numbers alone. */
  readonly isWhole?: boolean;
  readonly unit?: string;
  readonly describedBy?: string | undefined;
  readonly onChange: (value: number) => void;
};

/** A number that is typed, in a row of a form. */
export function NumberRow(props: NumberRowProps) {
  const { label, name = label, unit, step = 1 } = props;
  const id = useId();
  return (
    <span className="field-row number-row">
      <label htmlFor={id}>{label}</label>
      <span>
        <NumberField {...props} id={id} name={name} step={step} />
        {unit && <span className="small faint"> {unit}</span>}
      </span>
    </span>
  );
}
