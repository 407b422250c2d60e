import { useId } from 'react';
import { peftCall } from '../../commands/peft-call.ts';
import type { Combine } from '../../methods/combine.ts';
import { type AdapterOptions, type Profile, profiles, type RankRule } from '../../recipe/recipe.ts';
import { profileNames } from '../../recipe/words.ts';
import { session } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';

const meanings: Readonly<Record<Profile, string>> = {
  corrected: 'Each update counts once, times its weight.',
  'peft 0.20': 'The numbers of that PEFT, faults included: Checks says what they do to this merge.',
  'peft 0.21': 'The numbers of that PEFT, faults included: Checks says what they do to this merge.',
  'sd-scripts':
    'The numbers of its merge scripts, faults included: Checks says what they do to this merge.',
};

const combinesOf = (profile: Profile): Readonly<Record<Combine, string>> =>
  profile === 'sd-scripts'
    ? {
        updates: 'updates, cut to a rank (svd_merge_lora)',
        factors: 'factors (merge_lora)',
        ranks: 'ranks, side by side (merge_lora --concat)',
      }
    : {
        updates: 'updates, cut to a rank (svd types)',
        factors: 'factors (linear, ties, …)',
        ranks: 'ranks, side by side (cat)',
      };

type ProfileFieldsProps = { readonly adapters: AdapterOptions; readonly rule: RankRule | null };

/** Whose numbers a merge of adapters gives; what of it can be chosen shows only where it does something. */
export function ProfileFields({ adapters, rule }: ProfileFieldsProps) {
  const id = useId();
  const { setAdapters } = session.recipe.getState();
  const { profile, combine, clamp } = adapters;
  const combines = Object.entries(combinesOf(profile));
  const isCut = profile === 'corrected' ? rule !== null : combine === 'updates';
  return (
    <>
      <div className="field-row">
        <label htmlFor={`${id}-profile`}>Numbers</label>
        <select
          id={`${id}-profile`}
          className="select-field"
          value={profile}
          onChange={(event) => setAdapters({ profile: event.target.value as Profile })}
        >
          {profiles.map((each) => (
            <option key={each} value={each}>
              {profileNames[each]}
            </option>
          ))}
        </select>
      </div>
      <p className="param-help">{meanings[profile]}</p>
      {profile !== 'corrected' && (
        <div className="field-row">
          <label htmlFor={`${id}-combine`}>Merges</label>
          <select
            id={`${id}-combine`}
            className="select-field"
            value={combine}
            onChange={(event) => setAdapters({ combine: event.target.value as Combine })}
          >
            {combines.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
      )}
      {isCut && profile !== 'sd-scripts' && (
        <div className="field-row">
          <label htmlFor={`${id}-clamp`}>Clamp (svd_clamp)</label>
          <select
            id={`${id}-clamp`}
            className="select-field"
            value={clamp ?? ''}
            onChange={({ target }) =>
              setAdapters({ clamp: target.value === '' ? null : Number(target.value) })
            }
          >
            <option value="">none</option>
            {[...new Set([0.9, 0.95, 0.99, 0.999, ...(clamp === null ? [] : [clamp])])].map((q) => (
              <option key={q} value={q}>
                quantile {q}
              </option>
            ))}
          </select>
        </div>
      )}
      {isCut && profile !== 'sd-scripts' && clamp !== null && (
        <p className="param-help">
          Values of both factors beyond this quantile of all their values are cut to it. It does
          harm more often than good.
        </p>
      )}
      <div className="field-row">
        <Button look="quiet" onPress={() => void peftCall.run(session)}>
          add_weighted_adapter…
        </Button>
      </div>
    </>
  );
}
