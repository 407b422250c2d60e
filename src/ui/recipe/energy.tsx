import { useEffect } from 'react';
import type { RankRule } from '../../recipe/recipe.ts';
import { session, usePlanning } from '../../stores/use-session.ts';
import type { EnergyCurve } from '../../views/energy.ts';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes } from '../kit/format.ts';
import './energy.css';
import { EnergyPicture } from './energy-picture.tsx';

/** What of a merge an adapter of each rank keeps, which ranks the rule gives, and what of it is not known yet. */
export function Energy({ rule }: { readonly rule: RankRule | null }) {
  const energy = usePlanning((state) => state.energy);
  useEffect(() => {
    session.planning.getState().wantEnergy(true);
    return () => session.planning.getState().wantEnergy(false);
  }, []);
  return (
    <>
      {energy && (
        <figure className="energy">
          <EnergyPicture energy={energy} rule={rule} />
          <div className="energy-axis" aria-hidden>
            <span>rank 1</span>
            <span className="energy-key is-total">all modules</span>
            <span className="energy-key is-lowest">the worst</span>
            <span>{energy.total.length}</span>
          </div>
          <figcaption className="param-help" role="status">
            <Chosen {...energy} />
          </figcaption>
          <Table {...energy} />
        </figure>
      )}
      <Unknown energy={energy} />
    </>
  );
}

function Chosen({ chosen, known, modules }: EnergyCurve) {
  if (!chosen) return null;
  const { ranks, kept, least } = chosen;
  const size = bytes(chosen.bytes);
  if (!ranks.areKnown) {
    return (
      <>
        At most rank {ranks.most}, {size}: the ranks of {modules - known} modules are found before
        the adapter is written.
      </>
    );
  }
  return (
    <>
      {ranksText(ranks)} {percent(kept)} of the energy, Σσ²; at least {percent(least)} of every
      module’s. {size}
      {known < modules && ` ${modules - known} modules are not measured.`}
    </>
  );
}

type Ranks = NonNullable<EnergyCurve['chosen']>['ranks'];

function ranksText({ least, middle, most, modules }: Ranks): string {
  if (least === most) return `Rank ${most} keeps`;
  return `Ranks ${least} to ${most} (median ${middle}) of ${modules} modules keep`;
}

/** Offers to measure what only a merge can tell, and shows how that goes. */
function Unknown({ energy }: { readonly energy: EnergyCurve | null }) {
  const measuring = usePlanning((state) => state.measuring);
  const failure = usePlanning((state) => state.measureFailure);
  const { measure, stopMeasuring } = session.planning.getState();
  const isAdapter = usePlanning(({ prospect }) => 'outlook' in prospect && prospect.outlook.ranks);
  if (measuring) {
    const { done, total } = measuring;
    return (
      <div className="energy-measuring">
        <progress value={total > 0 ? done / total : 0} max={1} aria-label="Modules measured" />
        <span className="number">
          {done} / {total} modules
        </span>
        <Button className="small" onPress={stopMeasuring}>
          Stop
        </Button>
      </div>
    );
  }
  const isPart = energy === null || energy.known < energy.modules;
  return (
    <>
      {failure && (
        <div role="alert">
          <FailureText failure={failure} />
        </div>
      )}
      {isAdapter && isPart && (
        <div className="energy-measuring">
          <Button className="small" onPress={() => void measure()}>
            Measure the energy
          </Button>
          <span className="param-help">Merges once without writing.</span>
        </div>
      )}
    </>
  );
}

function Table({ total, lowest }: EnergyCurve) {
  return (
    <table className="visually-hidden">
      <caption>Energy kept by rank</caption>
      <tbody>
        {ranksOf(total.length).map((k) => (
          <tr key={k}>
            <th scope="row">rank {k}</th>
            <td>{percent(total[k - 1])}</td>
            <td>{percent(lowest[k - 1])} at least</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Powers of two up to the whole. */
function ranksOf(most: number): readonly number[] {
  const ranks = Array.from({ length: 12 }, (_, n) => 2 ** n).filter((rank) => rank < most);
  return [...ranks, most];
}

function percent(share: number): string {
  if (share >= 0.999995) return '100 %';
  return `${(Math.floor(share * 10_000) / 100).toFixed(share > 0.99 ? 2 : 1)} %`;
}
