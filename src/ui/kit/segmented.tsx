import { useId } from 'react';
import './segmented.css';

type Option<T extends string> = { readonly value: T; readonly label: string };

type SegmentedProps<T extends string> = {
  /** Accessible name of the group. */
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly isDisabled?: boolean;
};

/** A few exclusive choices side by side: native radio buttons. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset className="segmented" disabled={props.isDisabled}>
      <legend className="visually-hidden">{props.label}</legend>
      {props.options.map((option) => (
        <label key={option.value} className="segment">
          <input
            type="radio"
            className="cover"
            name={name}
            checked={option.value === props.value}
            onChange={() => props.onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
