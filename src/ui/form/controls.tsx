import { Dices, RotateCcw } from 'lucide-react';
import { type FC, useId } from 'react';
import type { Param, ParamValue } from '../../methods/params.ts';
import { IconButton } from '../kit/button.tsx';
import { NumberSlider } from '../kit/number-slider.tsx';
import { Segmented } from '../kit/segmented.tsx';
import './form.css';

export type ControlProps<P extends Param = Param> = {
  readonly param: P;
  readonly value: ParamValue;
  readonly initial: ParamValue;
  readonly isSet: boolean;
  /** Whose parameter it is, for the accessible name; absent for global ones. */
  readonly owner?: string | undefined;
  readonly signed?: boolean;
  readonly describedBy?: string | undefined;
  readonly onChange: (value: ParamValue) => void;
  readonly onReset: () => void;
};

type Kind = Param['kind'];
type ControlOf = { readonly [K in Kind]: FC<ControlProps<Extract<Param, { kind: K }>>> };

/** One control a kind: a new kind without a control does not compile. */
export const controls: ControlOf = {
  number: ({ param, value, initial, ...rest }) => (
    <NumberSlider
      {...rest}
      label={param.label}
      value={Number(value)}
      initial={Number(initial)}
      min={param.min}
      max={param.max}
      soft={param.soft ?? [param.min, param.max]}
      step={param.step}
      reading={param.reading?.(Number(value))}
    />
  ),
  toggle: ({ param, value, describedBy, onChange }) => (
    <Switch
      label={param.label}
      checked={value === true}
      describedBy={describedBy}
      onChange={onChange}
    />
  ),
  choice: ({ param, value, initial, isSet, onChange, onReset }) => (
    <div className="choice">
      <span className="choice-label">{param.label}</span>
      <Segmented
        label={param.label}
        options={param.choices}
        value={String(value)}
        onChange={onChange}
      />
      {isSet && (
        <IconButton
          className="small"
          label={`Reset ${param.label} to ${initial}`}
          onPress={onReset}
        >
          <RotateCcw aria-hidden />
        </IconButton>
      )}
    </div>
  ),
  seed: (props) => <SeedField {...props} />,
};

type SwitchProps = {
  readonly label: string;
  readonly checked: boolean;
  readonly describedBy?: string | undefined;
  readonly onChange: (checked: boolean) => void;
};

export function Switch({ label, checked, describedBy, onChange }: SwitchProps) {
  return (
    <label className="switch">
      <span className="switch-label">{label}</span>
      <input
        type="checkbox"
        checked={checked}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}

function SeedField({ param, value, describedBy, onChange }: ControlProps) {
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id} className="choice-label">
        {param.label}
      </label>
      <input
        id={id}
        className="seed-field"
        type="number"
        min={0}
        max={0xffffffff}
        step={1}
        value={Number(value)}
        aria-describedby={describedBy}
        onChange={(event) => {
          const seed = event.target.valueAsNumber;
          if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff) onChange(seed);
        }}
      />
      <IconButton
        className="small"
        label="Another seed"
        onPress={() => onChange(Math.floor(Math.random() * 10_000))}
      >
        <Dices aria-hidden />
      </IconButton>
    </div>
  );
}
