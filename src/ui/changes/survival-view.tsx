import { useSurvival } from '../../stores/use-session.ts';
import type { Survival } from '../../views/survival.ts';
import { signed } from '../kit/format.ts';
import { Looked } from './looked.tsx';
import { SurvivalTable } from './survival-table.tsx';
import { listed } from './words.ts';

/** How much of each model the merge would keep, by group and by layer. */
export function SurvivalView() {
  return (
    <Looked state={useSurvival()}>
      {(survival) => (
        <>
          <p className="conflicts-verdict">{sentence(survival)}</p>
          <p className="param-help">
            The cosine of the merged change with each model’s own: 1 goes all the way of that model,
            0 none of it, −1 against it; or how long it is beside that model’s. Then how long it is
            beside the plain average of all of them, in which weights and λ, trims and cancelling
            show, and beside the base; and the elements whose sign turned, that stay as they were,
            and that F16 could not hold. A merge saves this in its report and model card. None of it
            says whether the merge is any good.
          </p>
          <SurvivalTable survival={survival} />
        </>
      )}
    </Looked>
  );
}

function sentence({ models, whole }: Survival): string {
  const { cosines, overAverage } = whole;
  if (overAverage === null || cosines.every((cosine) => cosine === null)) {
    return 'The merge changes nothing, or nothing on average.';
  }
  const told = cosines.map(
    (cosine, k) => `${cosine === null ? 'none' : signed(cosine)} with ${models[k]}`,
  );
  // Of many only the ends: the tables have them all.
  const byCosine = told.toSorted(
    (a, b) => (cosines[told.indexOf(b)] ?? 0) - (cosines[told.indexOf(a)] ?? 0),
  );
  const all = told.length <= 4 ? listed(told) : `${byCosine[0]} down to ${byCosine.at(-1)}`;
  return `What is merged has a cosine of ${all}, and is ${overAverage.toFixed(2)} times as long as the plain average of the changes.`;
}
