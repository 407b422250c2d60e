import { TriangleAlert } from 'lucide-react';
import { merge } from '../../commands/merge.ts';
import type { Proof, Survived } from '../../engine/protocol.ts';
import { session, useRun } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { counted } from '../kit/format.ts';
import { LongList } from '../kit/long-list.tsx';

/** Below it a person should know: of the change, and of the elements that it reaches. */
const much = { change: 0.9, elements: 0.5 };

/** That adapters are in the weights, and what rounding left of them. */
export function ProofOf({ proof }: { readonly proof: Proof }) {
  const { tensors, elements, left, near, difference, survival } = proof;
  const equal =
    near === 0 ? 'all equal, bit for bit' : `equal, but for the last digit of ${near} from a GPU`;
  return (
    <section aria-label="Proof of the adapters">
      <p className="small">
        Adapters went into {counted(tensors, 'tensor')}. {counted(elements, 'element')} of the
        output were computed once more from the factors and the base and held against what was read
        back
        {difference === null ? `: ${equal}.` : '; see the problem above.'}
        {left > 0 &&
          ` ${counted(left, 'tensor')} were left out: DoRA by columns takes all of them.`}
      </p>
      {survival && <SurvivalOf survival={survival} />}
    </section>
  );
}

type SurvivalProps = { readonly survival: NonNullable<Proof['survival']> };

function SurvivalOf({ survival: { all, others, tensors } }: SurvivalProps) {
  const dtype = useRun((state) => state.recipe?.output.dtype);
  const isLost = all.change < much.change || all.elements < much.elements;
  const better = others.filter((other) => other.dtype !== dtype && isBetter(other, all));
  const left = `${share(all.change)} of the change is left after rounding; ${share(all.elements)} of the changed elements are stored as another value than the base’s.`;
  if (!isLost) return <p className="small">{left}</p>;
  return (
    <div className="finding is-warning" role="status">
      <TriangleAlert aria-hidden className="finding-icon" />
      <div className="finding-text">
        <p>
          <strong>
            {all.change < much.change
              ? 'Rounding took much of what the adapters change.'
              : 'Rounding left most of the changed elements as the base has them; those changes are small.'}
          </strong>{' '}
          {left}
        </p>
        <p className="finding-advice">
          {better.length === 0
            ? 'No wider precision keeps more.'
            : better
                .map((each) => `${each.dtype} would keep ${share(each.change)} of it`)
                .join(', ')}
          {better.length > 0 && '.'} Measured at sampled elements.
        </p>
        <div className="files-actions">
          {better.map((each) => (
            <Button
              key={each.dtype}
              onPress={() => {
                session.recipe.getState().setOutput({ dtype: each.dtype });
                void merge.run(session);
              }}
            >
              Merge again in {each.dtype}
            </Button>
          ))}
        </div>
        {tensors.length > 1 && (
          <Disclosure title="Tensor by tensor" summary="what is left least first">
            <LongList
              items={tensors}
              label="What is left, tensor by tensor"
              className="notes number"
              keyOf={({ tensor }) => tensor}
            >
              {({ tensor, change, elements }) => (
                <>
                  <code>{tensor}</code>
                  <span>
                    {share(change)} of the change, {share(elements)} of the elements
                  </span>
                </>
              )}
            </LongList>
          </Disclosure>
        )}
      </div>
    </div>
  );
}

/** Whether it keeps more, to a digit that is shown. */
function isBetter(one: Survived, other: Survived): boolean {
  const distance = ({ change }: Survived) => Math.abs(1 - change);
  return distance(one) < distance(other) - 0.01 || one.elements > other.elements + 0.01;
}

function share(part: number): string {
  const percent = 100 * part;
  if (percent > 0 && percent < 0.1) return 'less than 0.1 %';
  return `${percent.toFixed(percent > 99.95 || percent < 10 ? 1 : 0)} %`;
}
