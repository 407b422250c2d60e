import { type FC, useId } from 'react';
import type { Param, ParamSchema, ParamValue } from '../../methods/params.ts';
import { type ControlProps, controls } from './controls.tsx';
import './form.css';

type ParamFormProps = {
  readonly schema: ParamSchema;
  /** Every parameter's value: what is set, or else the default. */
  readonly values: Readonly<Record<string, ParamValue>>;
  /** What a reset goes back to. */
  readonly initial: Readonly<Record<string, ParamValue>>;
  readonly isSet: (key: string) => boolean;
  readonly owner?: string | undefined;
  /** Help and source under each control; off where space is short. */
  readonly explained?: boolean;
  readonly signedKeys?: readonly string[];
  readonly onChange: (key: string, value: ParamValue) => void;
  readonly onReset: (key: string) => void;
};

/** A form from a method's schema: one control per parameter, by its kind. */
export function ParamForm({ schema, values, explained = true, ...props }: ParamFormProps) {
  const id = useId();
  const shown = Object.entries(schema).filter(([, param]) => param.visible?.(values) ?? true);
  return (
    <div className="param-form">
      {shown.map(([key, param]) => {
        const value = values[key] ?? param.default;
        const helpId = `${id}-${key}`;
        const Control = controls[param.kind] as FC<ControlProps<Param>>;
        return (
          <div key={key} className="param">
            <Control
              param={param}
              value={value}
              initial={props.initial[key] ?? param.default}
              isSet={props.isSet(key)}
              owner={props.owner}
              signed={props.signedKeys?.includes(key) ?? false}
              describedBy={explained ? helpId : undefined}
              onChange={(next) => props.onChange(key, next)}
              onReset={() => props.onReset(key)}
            />
            {explained && (
              <p id={helpId} className="param-help">
                {param.help}
                {param.source && <span className="param-source">Source: {param.source}</span>}
              </p>
            )}
          </div>
        );
      })}
    </div>
  );
}
