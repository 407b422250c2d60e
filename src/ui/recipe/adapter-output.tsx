import { useId } from 'react';
import { type AdapterNaming, adapterNamings, type OutputOptions } from '../../recipe/recipe.ts';
import { session } from '../../stores/use-session.ts';
import { Segmented } from '../kit/segmented.tsx';
import { Energy } from './energy.tsx';
import { RankRuleFields } from './rank-rule.tsx';

const ways: readonly { readonly value: OutputOptions['as']; readonly label: string }[] = [
  { value: 'model', label: 'A model' },
  { value: 'adapter', label: 'An adapter' },
];

const namings: Readonly<Record<AdapterNaming, string>> = {
  'as the first adapter': 'as the first adapter',
  peft: 'PEFT: a folder with its config',
  kohya: 'kohya: A1111, ComfyUI, sd-scripts',
  diffusers: 'diffusers, ai-toolkit',
};

/** What a merge of adapters becomes, and of which rank. */
export function AdapterOutput({ output }: { readonly output: OutputOptions }) {
  const id = useId();
  const { setOutput } = session.recipe.getState();
  return (
    <>
      <div className="field-row wrap">
        <span className="field-label">Write</span>
        <Segmented
          label="What is written"
          options={ways}
          value={output.as}
          onChange={(as) => setOutput({ as })}
        />
      </div>
      {output.as === 'model' ? (
        <p className="param-help">
          The base with the merge in it, computed in f32 and rounded once.
        </p>
      ) : (
        <>
          <RankRuleFields rule={output.rank} />
          <Energy rule={output.rank} />
          <div className="field-row">
            <label htmlFor={`${id}-naming`}>Naming</label>
            <select
              id={`${id}-naming`}
              className="select-field"
              value={output.naming}
              onChange={(event) => setOutput({ naming: event.target.value as AdapterNaming })}
            >
              {adapterNamings.map((naming) => (
                <option key={naming} value={naming}>
                  {namings[naming]}
                </option>
              ))}
            </select>
          </div>
          <p className="param-help">
            With alpha = rank. It needs no base. A weighted sum is exact at the ranks together; what
            TIES or DARE make has full rank, of which the adapter keeps the most that its rank can
            hold.
          </p>
        </>
      )}
    </>
  );
}
