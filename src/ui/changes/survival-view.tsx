import { useSurvival } from '../../stores/use-session.ts';
import type { Survival } from '../../views/survival.ts';
import { errorsText } from '../conflicts/sampled-text.ts';
import { signed } from '../kit/format.ts';
import { ColumnHelp } from './column-help.tsx';
import { Looked } from './looked.tsx';
import { SurvivalTable } from './survival-table.tsx';
import { listed } from './words.ts';

const help = [
  {
    label: 'Cosine',
    help: 'of the merged change with what a model changed: 1 is all the way of that model',
  },
  {
    label: 'Length ratio',
    help: 'length of the merged change beside that of what a model changed',
  },
  {
    label: '÷ average',
    help: 'its length beside that of the plain average of all changes: weights, λ, trims and cancelling show here',
  },
  { label: 'of base', help: 'its length beside that of the base’s weights' },
  {
    label: 'Signs flipped',
    help: 'of the base’s elements that are not zero, those with the other sign after the merge',
  },
  { label: 'Unchanged', help: 'of all elements, those that come out as the base has them' },
  { label: 'Beyond F16', help: 'elements that F16 would store as infinity' },
];

/** How much of each model the merge would keep, by group and by layer. */
export function SurvivalView() {
  return (
    <Looked state={useSurvival()} errorOf={({ errors }) => errorsText(errors, 'length ratios')}>
      {(survival) => (
        <>
          <p className="conflicts-verdict">{sentence(survival)}</p>
          <p className="param-help">
            The cosine compares the merged change with what each model changed: +1 goes all the way
            of that model, 0 none of it, −1 against it. None of it says whether the merge is any
            good.
          </p>
          <SurvivalTable survival={survival} />
          <ColumnHelp columns={help} />
          <p className="param-help">A merge saves this in its report and its model card.</p>
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
