import { peftCall } from '../../commands/peft-call.ts';
import { type Combine, combines } from '../../methods/combine.ts';
import { type AdapterOptions, type Profile, profiles, type RankRule } from '../../recipe/recipe.ts';
import { profileNames } from '../../recipe/words.ts';
import { session } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { SelectField } from '../kit/select-field.tsx';

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

/** Of the values of a factor, the shares that are worth clamping to. */
const quantiles = [0.9, 0.95, 0.99, 0.999];

const clampHelp =
  'Values of both factors beyond this quantile of all their values are cut to it. It does harm more often than good.';

type ProfileFieldsProps = { readonly adapters: AdapterOptions; readonly rule: RankRule | null };

/** Whose numbers a merge of adapters gives; what of it can be chosen shows only where it does something. */
export function ProfileFields({ adapters, rule }: ProfileFieldsProps) {
  const { setAdapters } = session.recipe.getState();
  const { profile, combine, clamp } = adapters;
  const combineNames = combinesOf(profile);
  const isCut = profile === 'corrected' ? rule !== null : combine === 'updates';
  return (
    <>
      <SelectField
        label="Numbers"
        value={profile}
        options={profiles.map((each) => [each, profileNames[each]] as const)}
        help={meanings[profile]}
        onChange={(to) => setAdapters({ profile: to })}
      />
      {profile !== 'corrected' && (
        <SelectField
          label="Merges"
          value={combine}
          options={combines.map((each) => [each, combineNames[each]] as const)}
          onChange={(to) => setAdapters({ combine: to })}
        />
      )}
      {isCut && profile !== 'sd-scripts' && (
        <SelectField
          label="Clamp (svd_clamp)"
          value={String(clamp ?? '')}
          options={[
            ['', 'none'],
            ...[...new Set([...quantiles, ...(clamp === null ? [] : [clamp])])].map(
              (quantile) => [String(quantile), `quantile ${quantile}`] as const,
            ),
          ]}
          {...(clamp !== null && { help: clampHelp })}
          onChange={(to) => setAdapters({ clamp: to === '' ? null : Number(to) })}
        />
      )}
      <div className="field-row">
        <Button look="quiet" onPress={() => void peftCall.run(session)}>
          add_weighted_adapter…
        </Button>
      </div>
    </>
  );
}
