import type { RankRule } from '../../recipe/recipe.ts';
import { outlookOf } from '../../stores/planning.ts';
import { session, usePlanning } from '../../stores/use-session.ts';
import { NumberSlider } from '../kit/number-slider.tsx';
import { SelectField } from '../kit/select-field.tsx';

type Kind = RankRule['kind'] | 'exact';

const kinds: Readonly<Record<Kind, { readonly label: string; readonly help: string }>> = {
  exact: {
    label: 'exact',
    help: 'The ranks together, which keep a weighted sum as it is; of whole models their full rank.',
  },
  rank: { label: 'the same for all', help: 'The best adapter of this rank, module by module.' },
  energy: {
    label: 'by energy',
    help: 'The smallest rank that keeps this share of Σσ², the squared norm of a module’s update (PEFT’s convert_to_lora).',
  },
  sv_cumulative: {
    label: 'by Σσ (sv_cumulative)',
    help: 'sd-scripts’ rule: this share of the sum of singular values, and one value more.',
  },
  sv_fro: {
    label: 'by Frobenius norm (sv_fro)',
    help: 'sd-scripts’ rule: this share of √Σσ², and one value more.',
  },
  sv_ratio: {
    label: 'by ratio (sv_ratio)',
    help: 'sd-scripts’ rule: values above the largest divided by this, and one value more.',
  },
};

const ruleKinds = Object.keys(kinds) as readonly Kind[];

/** Which rank each module of the adapter gets: a rule, its number, and the largest rank. */
export function RankRuleFields({ rule }: { readonly rule: RankRule | null }) {
  const convolutions = usePlanning(({ prospect }) => outlookOf(prospect)?.ranks?.convolutions ?? 0);
  const set = (rank: RankRule | null) => session.recipe.getState().setOutput({ rank });
  const kind = rule?.kind ?? 'exact';
  return (
    <>
      <SelectField
        label="Ranks"
        value={kind}
        options={ruleKinds.map((each) => [each, kinds[each].label] as const)}
        help={kinds[kind].help}
        onChange={(to) => set(ruleOf(to, rule))}
      />
      {rule?.kind === 'rank' && (
        <>
          <RankSlider label="Rank" value={rule.rank} onChange={(rank) => set({ ...rule, rank })} />
          {(convolutions > 0 || rule.convolutions !== null) && (
            <RankSlider
              label="Rank of convolutions"
              value={rule.convolutions ?? rule.rank}
              onChange={(rank) => set({ ...rule, convolutions: rank })}
            />
          )}
        </>
      )}
      {rule && 'share' in rule && (
        <NumberSlider
          label="Share, %"
          value={100 * rule.share}
          {...{ initial: 90, min: 0.001, max: 100, soft: [50, 100], step: 0.1 }}
          onChange={(percent) => set({ ...rule, share: percent / 100 })}
        />
      )}
      {rule?.kind === 'sv_ratio' && (
        <NumberSlider
          label="Ratio"
          value={rule.ratio}
          {...{ initial: 10, min: 0.001, max: 1e9, soft: [1, 100], step: 1 }}
          onChange={(ratio) => set({ ...rule, ratio })}
        />
      )}
      {rule && 'most' in rule && (
        <RankSlider
          label="Largest rank"
          value={rule.most}
          onChange={(most) => set({ ...rule, most })}
        />
      )}
    </>
  );
}

type RankSliderProps = {
  readonly label: string;
  readonly value: number;
  readonly onChange: (rank: number) => void;
};

function RankSlider({ label, value, onChange }: RankSliderProps) {
  return (
    <NumberSlider
      label={label}
      value={value}
      {...{ initial: 16, min: 1, max: 65_536, soft: [1, 128], step: 1 }}
      onChange={(rank) => onChange(Math.round(rank))}
    />
  );
}

/** A rule of another kind with the numbers that both have. */
function ruleOf(kind: Kind, before: RankRule | null): RankRule | null {
  if (kind === 'exact') return null;
  const most = before === null ? 64 : 'most' in before ? before.most : before.rank;
  if (kind === 'rank') return { kind, rank: before === null ? 16 : most, convolutions: null };
  if (kind === 'sv_ratio') return { kind, ratio: 10, most };
  return { kind, share: before && 'share' in before ? before.share : 0.9, most };
}
