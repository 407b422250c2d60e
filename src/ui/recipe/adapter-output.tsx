import {
  type AdapterNaming,
  adapterNamings,
  type OutputOptions,
  type Recipe,
} from '../../recipe/recipe.ts';
import { session } from '../../stores/use-session.ts';
import { Segmented } from '../kit/segmented.tsx';
import { SelectField } from '../kit/select-field.tsx';
import { Energy } from './energy.tsx';
import { ExtractionFields } from './extraction.tsx';
import { ProfileFields } from './profile-fields.tsx';
import { RankRuleFields } from './rank-rule.tsx';

const ways: readonly { readonly value: OutputOptions['as']; readonly label: string }[] = [
  { value: 'model', label: 'A model' },
  { value: 'adapter', label: 'An adapter' },
];

const helps: Readonly<Record<AdapterOutputProps['of'], string>> = {
  adapters:
    'With alpha = rank. It needs no base. A weighted sum is exact at the ranks together; what TIES or DARE make has full rank, of which the adapter keeps the most that its rank can hold.',
  'one adapter':
    'One adapter by itself is resized: at weight 1 and λ 1 it does what it did, as far as its ranks hold that. With alpha = rank; it needs no base.',
  models:
    'With alpha = rank. Each module is merged whole in memory and its largest singular values are kept; the result tells how much of its energy they hold.',
};

const namings: Readonly<Record<AdapterNaming, string>> = {
  'as the first adapter': 'as the first adapter',
  peft: 'PEFT: a folder with its config',
  kohya: 'kohya: A1111, ComfyUI, sd-scripts',
  diffusers: 'diffusers, ai-toolkit',
};

/** Of what is extracted, until another rank is chosen: of its full rank nobody wants an adapter. */
const FIRST_RANK = { kind: 'rank', rank: 16, convolutions: null } as const;

type AdapterOutputProps = Pick<Recipe, 'output' | 'adapters'> & {
  /** Of the models that are merged: all of them adapters, or one that is whole. */
  readonly of: 'adapters' | 'one adapter' | 'models';
};

/** Whether a model is written or an adapter, and of the adapter all there is to choose. */
export function AdapterOutput({ output, adapters, of }: AdapterOutputProps) {
  const { setOutput } = session.recipe.getState();
  const choose = (as: OutputOptions['as']) => {
    const needsRank = as === 'adapter' && of === 'models' && output.rank === null;
    setOutput(needsRank ? { as, rank: FIRST_RANK } : { as });
  };
  return (
    <>
      <div className="field-row">
        <span className="field-label">Write</span>
        <Segmented label="What is written" options={ways} value={output.as} onChange={choose} />
      </div>
      {output.as === 'model' ? (
        <p className="param-help">
          {of === 'models'
            ? 'A whole model. An adapter instead holds what the merge changes of the base, cut to a rank.'
            : 'The base with the merge in it, computed in f32 and rounded once.'}
        </p>
      ) : (
        <>
          {of === 'models' && <ExtractionFields />}
          <RankRuleFields rule={output.rank} />
          <Energy rule={output.rank} />
          <SelectField
            label="Naming"
            value={output.naming}
            options={adapterNamings.map((naming) => [naming, namings[naming]] as const)}
            onChange={(naming) => setOutput({ naming })}
          />
          {of !== 'models' && <ProfileFields adapters={adapters} rule={output.rank} />}
          <p className="param-help">{helps[of]}</p>
        </>
      )}
    </>
  );
}
