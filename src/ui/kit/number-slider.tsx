import { RotateCcw } from 'lucide-react';
import { type CSSProperties, useId, useState } from 'react';
import { IconButton } from './button.tsx';
import { parseNumber, plain } from './format.ts';
import './number-slider.css';

type NumberSliderProps = {
  readonly label: string;
  /** Said in front of the label to a screen reader: "Sort, weight". */
  readonly owner?: string | undefined;
  readonly value: number;
  readonly initial: number;
  /** Hard limits of the number field. */
  readonly min: number;
  readonly max: number;
  /** What the slider spans. */
  readonly soft: readonly [number, number];
  readonly step: number;
  /** Colours the value by its sign. */
  readonly signed?: boolean;
  /** What the value also means: "drop p = 0.9". */
  readonly reading?: string | undefined;
  /** Whether the value was set by hand and may go back. */
  readonly isSet?: boolean;
  readonly describedBy?: string | undefined;
  readonly onChange: (value: number) => void;
  readonly onReset?: () => void;
};

/** A slider over the sensible range with a number field for everything allowed; the default is marked. */
export function NumberSlider(props: NumberSliderProps) {
  const { label, owner, value, initial, soft, step } = props;
  const id = useId();
  const low = Math.min(soft[0], value);
  const high = Math.max(soft[1], value);
  const name = owner ? `${owner}, ${label}` : label;
  const at = (x: number) => (x - low) / (high - low || 1);
  const style = {
    '--from': at(props.signed ? Math.min(0, value) : low),
    '--to': at(props.signed ? Math.max(0, value) : value),
    '--default': at(initial),
  } as CSSProperties;
  const tone = props.signed ? (value < 0 ? 'negative' : 'positive') : 'neutral';
  return (
    <div className={`number-slider is-${tone}`} style={style}>
      <label htmlFor={id} className="number-slider-label">
        {label}
      </label>
      <span className="number-slider-value">
        {props.isSet && props.onReset && (
          <IconButton
            className="small"
            label={`Reset ${name} to ${plain(initial)}`}
            onPress={props.onReset}
          >
            <RotateCcw aria-hidden />
          </IconButton>
        )}
        <NumberField {...props} id={id} name={name} />
      </span>
      <span className="number-slider-track">
        <input
          type="range"
          aria-label={`${name} slider`}
          aria-valuetext={props.reading ? `${plain(value)}, ${props.reading}` : plain(value)}
          min={low}
          max={high}
          step={step}
          value={value}
          onChange={(event) => props.onChange(event.target.valueAsNumber)}
        />
        <span className="number-slider-default" title={`default ${plain(initial)}`} />
      </span>
      {props.reading && <span className="number-slider-reading">{props.reading}</span>}
    </div>
  );
}

type FieldProps = Pick<
  NumberSliderProps,
  'value' | 'min' | 'max' | 'step' | 'describedBy' | 'onChange'
> & { readonly id: string; readonly name: string; readonly isWhole?: boolean | undefined };

/** Keeps what is being typed until it is a number within the limits. */
export function NumberField(props: FieldProps) {
  const { id, name, value, min, max, step, isWhole = false, describedBy, onChange } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const isIn = (number: number | null): number is number =>
    number !== null && number >= min && number <= max && (!isWhole || Number.isInteger(number));
  const fits = isIn(draft === null ? value : parseNumber(draft));
  const nudge = (direction: number) => {
    const next = Math.min(max, Math.max(min, value + direction * step));
    setDraft(null);
    onChange(Number(next.toPrecision(12)));
  };
  return (
    <input
      id={id}
      className="number-field"
      inputMode="decimal"
      autoComplete="off"
      aria-label={name}
      aria-invalid={!fits}
      aria-describedby={describedBy}
      title={fits ? undefined : limits(min, max, isWhole)}
      value={draft ?? plain(value).replace('-', '−')}
      onChange={(event) => {
        const text = event.target.value;
        setDraft(text);
        const number = parseNumber(text);
        if (isIn(number)) onChange(number);
      }}
      onBlur={() => setDraft(null)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowUp') nudge(event.shiftKey ? 10 : 1);
        else if (event.key === 'ArrowDown') nudge(event.shiftKey ? -10 : -1);
        else if (event.key === 'Enter' || event.key === 'Escape') setDraft(null);
        else return;
        event.preventDefault();
      }}
    />
  );
}

/** Where there are practically no limits, none are named. */
function limits(min: number, max: number, isWhole: boolean): string {
  const number = isWhole ? 'A whole number' : 'A number';
  if (max < 1e30) return `${number} from ${plain(min)} to ${plain(max)}`;
  return min > -1e30 ? `${number} from ${plain(min)}` : number;
}
