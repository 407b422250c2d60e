import { ChevronUp, X } from 'lucide-react';
import type { MergeMethod } from '../../methods/method.ts';
import type { NumberParam } from '../../methods/params.ts';
import { type Rule, tensorGroups } from '../../recipe/recipe.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { DepthCurve } from './depth-curve.tsx';

type RuleEditorProps = {
  readonly rule: Rule;
  readonly method: MergeMethod;
  readonly numeric: Readonly<Record<string, NumberParam>>;
  readonly position: number;
};

export function RuleEditor({ rule, method, numeric, position }: RuleEditorProps) {
  const experts = useRecipe((state) => state.recipe.experts);
  const edit = session.recipe.getState();
  const change = (next: Partial<Omit<Rule, 'id'>>) => edit.changeRule(rule.id, next);
  const param = numeric[rule.parameter];
  const name = `Rule ${position + 1}`;
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
            {experts.map(({ model }) => (
              <option key={model.id} value={model.id}>
                of {model.name}
              </option>
            ))}
          </select>
        )}
        <span className="spacer" />
        {position > 0 && (
          <IconButton
            className="small"
            label={`Move ${name} up`}
            onPress={() => edit.moveRule(rule.id, -1)}
          >
            <ChevronUp aria-hidden />
          </IconButton>
        )}
        <IconButton
          className="small"
          label={`Remove ${name}`}
          onPress={() => edit.removeRule(rule.id)}
        >
          <X aria-hidden />
        </IconButton>
      </div>
      <FilterEditor rule={rule} name={name} onChange={(filter) => change({ filter })} />
      {param && (
        <ValueEditor
          rule={rule}
          param={param}
          name={name}
          onChange={(value) => change({ value })}
        />
      )}
    </fieldset>
  );
}

type FilterEditorProps = {
  readonly rule: Rule;
  readonly name: string;
  readonly onChange: (filter: Rule['filter']) => void;
};

function FilterEditor({ rule: { filter }, name, onChange }: FilterEditorProps) {
  return (
    <div className="rule-filter">
      <select
        className="select-field"
        aria-label={`${name}, tensors`}
        value={filter.kind === 'group' ? filter.group : 'contains'}
        onChange={(event) => {
          const group = tensorGroups.find((candidate) => candidate === event.target.value);
          onChange(group ? { kind: 'group', group } : { kind: 'contains', text: '' });
        }}
      >
        {tensorGroups.map((group) => (
          <option key={group} value={group}>
            in {group}
          </option>
        ))}
        <option value="contains">whose name contains</option>
      </select>
      {filter.kind === 'contains' && (
        <input
          className="text-field"
          aria-label={`${name}, part of the name`}
          placeholder="layers.0."
          spellCheck={false}
          value={filter.text}
          onChange={(event) => onChange({ kind: 'contains', text: event.target.value })}
        />
      )}
    </div>
  );
}

type ValueEditorProps = {
  readonly rule: Rule;
  readonly param: NumberParam;
  readonly name: string;
  readonly onChange: (value: Rule['value']) => void;
};

function ValueEditor({ rule: { value }, param, name, onChange }: ValueEditorProps) {
  const isGradient = typeof value !== 'number';
  const anchors = isGradient ? value : [value];
  return (
    <div className="rule-value">
      <DepthCurve
        anchors={anchors}
        param={param}
        name={name}
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
