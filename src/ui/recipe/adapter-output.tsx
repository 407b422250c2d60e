import type { OutputOptions } from '../../recipe/recipe.ts';
import { session } from '../../stores/use-session.ts';
import { Segmented } from '../kit/segmented.tsx';
import { Energy } from './energy.tsx';
import { RankRuleFields } from './rank-rule.tsx';

const ways: readonly { readonly value: OutputOptions['as']; readonly label: string }[] = [
  { value: 'model', label: 'A model' },
  { value: 'adapter', label: 'An adapter' },
];

/** What a merge of adapters becomes, and of which rank. */
export function AdapterOutput({ output }: { readonly output: OutputOptions }) {
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
          <p className="param-help">
            In PEFT’s form, with alpha = rank. It needs no base. A weighted sum is exact at the
            ranks together; what TIES or DARE make has full rank, of which the adapter keeps the
            most that its rank can hold.
          </p>
        </>
      )}
    </>
  );
}
