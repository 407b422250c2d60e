import { X } from 'lucide-react';
import { useId } from 'react';
import { type Arithmetic, type ArithmeticKey, arithmeticWords } from '../../methods/dialect.ts';
import type { NumberParam, ParamSchema } from '../../methods/params.ts';
import { findMethod, methods } from '../../methods/registry.ts';
import {
  expertValues,
  globalValues,
  type ValuesByKey,
  withChoices,
} from '../../recipe/defaults.ts';
import type { Slice, SliceSource } from '../../recipe/recipe.ts';
import { depthOf } from '../../recipe/slices.ts';
import { session } from '../../stores/use-session.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { NumberCell } from './number-cell.tsx';
import type { SliceBlockProps } from './slice-props.ts';
import { SliceRules } from './slice-rules.tsx';

type SliceFormProps = SliceBlockProps & { readonly name: string };

/** Which layers of which models, by which method, with which values. */
export function SliceForm({ recipe, slices, slice, models, depths, name }: SliceFormProps) {
  const edit = session.recipe.getState();
  const id = useId();
  const depth = depthOf(slice);
  const change = (next: Partial<Slice>, key: string | null = null) =>
    edit.setSlices(
      slices.map((each) => (each.id === slice.id ? { ...each, ...next } : each)),
      key === null ? null : `${slice.id} ${key}`,
    );
  const replace = (next: Slice) =>
    edit.setSlices(
      slices.map((each) => (each.id === slice.id ? next : each)),
      null,
    );
  const choices = Object.entries(slice.arithmetic ?? {}) as [ArithmeticKey, string][];
  const without = (key: ArithmeticKey): Partial<Arithmetic> =>
    Object.fromEntries(choices.filter(([each]) => each !== key));
  const changeSource = (model: string, next: Partial<SliceSource>, key: string | null) =>
    change(
      {
        sources: slice.sources.map((each) => (each.model === model ? { ...each, ...next } : each)),
      },
      key === null ? null : `${model} ${key}`,
    );
  const method = findMethod(slice.method ?? recipe.method);
  const isOwn = slice.method !== null && slice.method !== recipe.method;
  const others = models.filter((ref) => !slice.sources.some(({ model }) => model === ref.id));
  const room = (source: SliceSource) => (depths.get(source.model) ?? 10_000) - depth;
  const most = Math.min(
    ...slice.sources.map(({ model, from }) => (depths.get(model) ?? 10_000) - from),
  );
  const standard: ValuesByKey = method
    ? globalValues(isOwn ? { ...recipe, values: {} } : recipe, method)
    : {};

  return (
    <div className="slice-form">
      <div className="field-row">
        <label htmlFor={`${id}-layers`}>Layers</label>
        <NumberCell
          id={`${id}-layers`}
          value={depth}
          min={0}
          max={Math.max(0, most)}
          integer
          onChange={(layers) =>
            layers !== null &&
            change(
              {
                sources: slice.sources.map((each) => ({ ...each, to: each.from + layers })),
              },
              'layers',
            )
          }
        />
      </div>
      {slice.sources.map((source) => {
        const own = models.find((ref) => ref.id === source.model);
        const label = own?.name ?? source.model;
        const expert = recipe.experts.find((each) => each.model.id === source.model);
        const values =
          method && expert
            ? expertValues(recipe, method, isOwn ? { ...expert, values: {} } : expert)
            : {};
        return (
          <fieldset key={source.model} className="slice-model" aria-label={`${name}, ${label}`}>
            <div className="rule-head">
              <select
                className="select-field"
                aria-label={`${name}, model`}
                value={source.model}
                onChange={({ target }) =>
                  changeSource(source.model, { model: target.value, values: {} }, null)
                }
              >
                {!own && <option value={source.model}>{source.model}</option>}
                {models
                  .filter((ref) => ref.id === source.model || others.includes(ref))
                  .map((ref) => (
                    <option key={ref.id} value={ref.id}>
                      {ref.name}
                    </option>
                  ))}
              </select>
              <span className="spacer" />
              {slice.sources.length > 1 && (
                <IconButton
                  className="small"
                  label={`Take ${label} out of ${name}`}
                  onPress={() =>
                    change({ sources: slice.sources.filter((each) => each !== source) })
                  }
                >
                  <X aria-hidden />
                </IconButton>
              )}
            </div>
            <div className="field-row">
              <label htmlFor={`${id}-${source.model}-from`}>from layer</label>
              <NumberCell
                id={`${id}-${source.model}-from`}
                value={source.from}
                min={0}
                max={Math.max(0, room(source))}
                integer
                onChange={(from) =>
                  from !== null && changeSource(source.model, { from, to: from + depth }, 'from')
                }
              />
            </div>
            {expert && method && (
              <Values
                schema={method.params.perModel}
                own={source.values}
                standard={values}
                id={`${id}-${source.model}`}
                onChange={(next, key) => changeSource(source.model, { values: next }, key)}
              />
            )}
          </fieldset>
        );
      })}
      <div className="field-row">
        <label htmlFor={`${id}-add`}>Add model</label>
        <select
          id={`${id}-add`}
          className="select-field"
          value=""
          disabled={others.length === 0}
          onChange={({ target }) => {
            const from = Math.max(
              0,
              Math.min(slice.sources[0].from, (depths.get(target.value) ?? 10_000) - depth),
            );
            const source = { model: target.value, from, to: from + depth, values: {} };
            change({ sources: [...slice.sources, source] });
          }}
        >
          <option value="">{others.length === 0 ? 'all are there' : 'choose…'}</option>
          {others.map((ref) => (
            <option key={ref.id} value={ref.id}>
              {ref.name}
            </option>
          ))}
        </select>
      </div>
      <div className="field-row">
        <label htmlFor={`${id}-method`}>Method</label>
        <select
          id={`${id}-method`}
          className="select-field"
          value={slice.method ?? ''}
          onChange={({ target }) => {
            const sources = slice.sources.map((each) => ({ ...each, values: {} }));
            replace(
              withChoices(
                { ...slice, method: target.value || null, sources, values: {}, rules: [] },
                {},
              ),
            );
          }}
        >
          <option value="">as the recipe: {findMethod(recipe.method)?.title}</option>
          {methods.map(({ id: each, title }) => (
            <option key={each} value={each}>
              {title}
            </option>
          ))}
        </select>
      </div>
      {method && (
        <Values
          schema={method.params.global}
          own={slice.values}
          standard={standard}
          id={id}
          onChange={(values, key) => change({ values }, key)}
        />
      )}
      {method && (
        <SliceRules
          slice={slice}
          method={method}
          models={models.filter(
            ({ id }) =>
              slice.sources.some(({ model }) => model === id) &&
              recipe.experts.some(({ model }) => model.id === id),
          )}
          name={name}
          onChange={(rules, key) => change({ rules }, key)}
        />
      )}
      {choices.length > 0 && (
        <ul className="slice-rules" aria-label={`Choices of ${name}`}>
          {choices.map(([key, value]) => {
            const { label, choices: words } = arithmeticWords[key];
            return (
              <li key={key}>
                {label}: {(words as Readonly<Record<string, string>>)[value]}
                <IconButton
                  className="small"
                  label={`Remove the choice of “${label}”`}
                  onPress={() => replace(withChoices(slice, without(key)))}
                >
                  <X aria-hidden />
                </IconButton>
              </li>
            );
          })}
        </ul>
      )}
      {(Object.keys(slice.values).length > 0 || slice.rules.length > 0 || choices.length > 0) && (
        <Button
          look="quiet"
          onPress={() => replace(withChoices({ ...slice, values: {}, rules: [] }, {}))}
        >
          Values of the recipe
        </Button>
      )}
    </div>
  );
}

type ValuesProps = {
  readonly schema: ParamSchema;
  readonly own: ValuesByKey;
  /** What holds where the slice says nothing. */
  readonly standard: ValuesByKey;
  readonly id: string;
  onChange(values: ValuesByKey, key: string): void;
};

/** Numbers of the slice's own; an empty field leaves the recipe's. */
function Values({ schema, own, standard, id, onChange }: ValuesProps) {
  const numbers = Object.entries(schema).filter(
    (entry): entry is [string, NumberParam] => entry[1].kind === 'number',
  );
  return numbers.map(([key, { label, min, max, integer }]) => (
    <div key={key} className="field-row">
      <label htmlFor={`${id}-${key}`}>{label}</label>
      <NumberCell
        id={`${id}-${key}`}
        value={typeof own[key] === 'number' ? own[key] : null}
        placeholder={String(standard[key] ?? '')}
        min={min}
        max={max}
        integer={integer === true}
        onChange={(value) => {
          const { [key]: _, ...rest } = own;
          onChange(value === null ? rest : { ...rest, [key]: value }, key);
        }}
      />
    </div>
  ));
}
