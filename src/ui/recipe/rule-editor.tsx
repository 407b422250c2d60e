import type { ReactNode } from 'react';
import type { MergeMethod } from '../../methods/method.ts';
import type { NumberParam } from '../../methods/params.ts';
import type { Rule } from '../../recipe/recipe.ts';
import { Button } from '../kit/button.tsx';
import { BlocksEditor } from './blocks-editor.tsx';
import { DepthCurve } from './depth-curve.tsx';
import { DepthPresets } from './depth-presets.tsx';
import { FilterEditor } from './filter-editor.tsx';
import type { NumericParams } from './rule-params.ts';

type RuleEditorProps = {
  readonly rule: Rule;
  /** Of the rule, as it is read out. */
  readonly name: string;
  readonly method: MergeMethod;
  readonly numeric: NumericParams;
  /** Whose parameter it may be. */
  readonly models: readonly { readonly id: string; readonly name: string }[];
  /** Of the slice that the rule is one of; absent for a rule of the recipe. */
  readonly layers?: number;
  /** What moves and removes it. */
  readonly buttons: ReactNode;
  onChange(next: Partial<Omit<Rule, 'id'>>): void;
};

/** A rule of the recipe, or of a slice. */
export function RuleEditor(props: RuleEditorProps) {
  const { rule, name, method, numeric, models, layers, buttons, onChange: change } = props;
  const param = numeric[rule.parameter];
  const isPerModel = rule.parameter in method.params.perModel;
  return (
    <fieldset className="rule" aria-label={name}>
      <div className="rule-head">
        <select
          className="select-field"
          aria-label={`${name}, parameter`}
          value={rule.parameter}
          onChange={(event) => change({ parameter: event.target.value })}
        >
          {Object.entries(numeric).map(([key, { label }]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
        {isPerModel && (
          <select
            className="select-field"
            aria-label={`${name}, expert`}
            value={rule.model ?? ''}
            onChange={(event) => change({ model: event.target.value || null })}
          >
            <option value="">of every expert</option>
            {models.map((model) => (
              <option key={model.id} value={model.id}>
                of {model.name}
              </option>
            ))}
          </select>
        )}
        <span className="spacer" />
        {buttons}
      </div>
      {rule.filter.kind === 'blocks' ? (
        <BlocksEditor
          values={typeof rule.value === 'number' ? [rule.value] : rule.value}
          name={name}
          onChange={(value) => change({ value })}
        />
      ) : (
        <>
          <FilterEditor
            filter={rule.filter}
            name={name}
            onChange={(filter) => change({ filter })}
          />
          {param && (
            <ValueEditor
              rule={rule}
              param={param}
              name={name}
              layers={layers}
              onChange={(value) => change({ value })}
            />
          )}
        </>
      )}
    </fieldset>
  );
}

type ValueEditorProps = {
  readonly rule: Rule;
  readonly param: NumberParam;
  readonly name: string;
  readonly layers: number | undefined;
  readonly onChange: (value: Rule['value']) => void;
};

function ValueEditor({ rule: { value }, param, name, layers, onChange }: ValueEditorProps) {
  const isGradient = typeof value !== 'number';
  const anchors = isGradient ? value : [value];
  return (
    <div className="rule-value">
      <DepthCurve
        anchors={anchors}
        param={param}
        name={name}
        layers={layers}
        onChange={(next) => onChange(isGradient ? next : next[0])}
      />
      <div className="rule-buttons">
        {isGradient ? (
          <>
            <Button
              look="quiet"
              isDisabled={anchors.length > 7}
              onPress={() => onChange([...anchors, anchors.at(-1)!])}
            >
              More points
            </Button>
            <Button
              look="quiet"
              isDisabled={anchors.length < 3}
              onPress={() => onChange(anchors.slice(0, -1))}
            >
              Fewer
            </Button>
            <Button look="quiet" onPress={() => onChange(anchors[0])}>
              One value
            </Button>
            <DepthPresets anchors={anchors} param={param} name={name} onChange={onChange} />
          </>
        ) : (
          <Button look="quiet" onPress={() => onChange([value, value])}>
            Over depth
          </Button>
        )}
      </div>
    </div>
  );
}
