import { useId } from 'react';
import { type InputDtype, inputDtypes } from '../../methods/precision.ts';
import type { OutputOptions } from '../../recipe/recipe.ts';
import { openModel } from '../../stores/models.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { Disclosure } from '../kit/disclosure.tsx';
import { bytes } from '../kit/format.ts';
import { Segmented } from '../kit/segmented.tsx';
import { SelectField } from '../kit/select-field.tsx';
import { AdapterOutput } from './adapter-output.tsx';
import { FilesFrom } from './files-from.tsx';
import { VocabularyFields } from './vocabulary-fields.tsx';

/** An adapter has nothing of the base: left as it is, it is as its factors are stored. */
const dtypesOf = (
  as: OutputOptions['as'],
): readonly { readonly value: OutputOptions['dtype']; readonly label: string }[] => [
  { value: 'base', label: as === 'adapter' ? 'As stored' : 'As base' },
  { value: 'F32', label: 'F32' },
  { value: 'F16', label: 'F16' },
  { value: 'BF16', label: 'BF16' },
];

/** `dtype` of a mergekit recipe; the one above is its `out_dtype`. */
const readings = inputDtypes.map((value) => ({
  value,
  label: value === 'stored' ? 'As stored' : value,
}));

const shards = [
  ['', 'one file'],
  ...[500e3, 500e6, 2e9, 5e9, 10e9].map(
    (size) => [String(size), `shards of ${bytes(size)}`] as const,
  ),
] as const;

const smallShares = [
  ['refuse', 'refuse'],
  ['merge anyway', 'merge anyway'],
] as const;

const heads = [
  ['as config', 'as config.json says'],
  ['tied', 'tied: one matrix'],
  ['untied', 'untied: two matrices'],
] as const;

export function OutputForm() {
  const output = useRecipe((state) => state.recipe.output);
  const adapters = useRecipe((state) => state.recipe.adapters);
  const inputDtype = useRecipe((state) => state.recipe.inputDtype);
  const smallShare = useRecipe((state) => state.recipe.smallShare);
  const head = useRecipe((state) => state.recipe.head);
  const slots = useModels((state) => state.slots);
  const experts = useRecipe((state) => state.recipe.experts);
  const hasBase = useRecipe((state) => state.recipe.base !== null);
  const open = experts.map(({ model }) => openModel(slots, model.id));
  const of = whatIsMerged(open);
  const edit = session.recipe.getState();
  const id = useId();
  const dtypes = dtypesOf(output.as);
  const dtype = dtypes.find(({ value }) => value === output.dtype)?.label.toLowerCase();
  const read = inputDtype === 'stored' ? '' : `, inputs in ${inputDtype}`;
  const what = output.as === 'adapter' ? ', an adapter' : '';
  return (
    <Disclosure title="Output" summary={`${output.name}${what}, ${dtype}${read}`}>
      <div className="field-row">
        <label htmlFor={`${id}-name`}>Name</label>
        <input
          id={`${id}-name`}
          className="text-field"
          value={output.name}
          spellCheck={false}
          onChange={(event) => edit.setOutput({ name: safeName(event.target.value) })}
        />
      </div>
      {(hasBase || of !== 'models' || output.as === 'adapter') && (
        <AdapterOutput output={output} adapters={adapters} of={of} />
      )}
      <div className="field-row">
        <span className="field-label">Precision</span>
        <Segmented
          label="Output precision"
          options={dtypes}
          value={output.dtype}
          onChange={(value) => edit.setOutput({ dtype: value })}
        />
      </div>
      <div className="field-row">
        <span className="field-label">Inputs</span>
        <Segmented
          label="Inputs rounded to"
          options={readings}
          value={inputDtype}
          onChange={edit.setInputDtype}
        />
      </div>
      {inputDtype !== 'stored' && <p className="param-help">{meaningOf(inputDtype)}</p>}
      {output.as === 'model' && (
        <>
          <SelectField
            label="Weight files"
            value={String(output.shardBytes ?? '')}
            options={shards}
            onChange={(size) => edit.setOutput({ shardBytes: size === '' ? null : Number(size) })}
          />
          <VocabularyFields />
          <SelectField
            label="Less than half merged"
            value={smallShare}
            options={smallShares}
            onChange={edit.setSmallShare}
          />
          <SelectField
            label="Head and embedding"
            value={head}
            options={heads}
            onChange={edit.setHead}
          />
          <FilesFrom />
        </>
      )}
    </Disclosure>
  );
}

function meaningOf(inputs: Exclude<InputDtype, 'stored'>): string {
  return inputs === 'F32'
    ? 'As mergekit’s dtype: float32. Nothing is lost; its dialect computes every step in f32.'
    : `As mergekit’s dtype: every weight is rounded to ${inputs} before the merge, and its dialect rounds to it again.`;
}

/** What a folder may be called everywhere. */
const safeName = (text: string) => text.replace(/[\\/:*?"<>|]/g, '-').replace(/^\.+/, '');

function whatIsMerged(open: readonly ReturnType<typeof openModel>[]) {
  if (open.length === 0 || open.some((model) => !model?.adapter)) return 'models';
  return open.length === 1 ? 'one adapter' : 'adapters';
}
