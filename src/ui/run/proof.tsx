import { TriangleAlert } from 'lucide-react';
import { merge } from '../../commands/merge.ts';
import type { Proof, Survived } from '../../engine/protocol.ts';
import { session, useRun } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { counted } from '../kit/format.ts';
import { LongList } from '../kit/long-list.tsx';
import { alarmOf, leftOf, share, wouldDo } from './proof-words.ts';

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
  const alarm = alarmOf(all);
  const better = others.filter((other) => other.dtype !== dtype && isBetter(other, all));
  const left = `${capitalised(leftOf(all))} after rounding; ${share(all.elements)} of the changed elements are stored as another value than the base’s.`;
  if (alarm === null) return <p className="small">{left}</p>;
  return (
    <div className="finding is-warning" role="status">
      <TriangleAlert aria-hidden className="finding-icon" />
      <div className="finding-text">
        <p>
          <strong>{alarm}</strong> {left}
        </p>
        <p className="finding-advice">
          {better.length === 0
            ? 'No wider precision keeps more.'
            : better.map((each) => `${each.dtype} would ${wouldDo(each)}`).join(', ')}
          {better.length > 0 && '.'} Measured at sampled elements.
        </p>
        <div className="finding-fixes">
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
              {({ tensor, ...survived }) => (
                <>
                  <code>{tensor}</code>
                  <span>
                    {leftOf(survived)}, and {share(survived.elements)} of the elements are stored as
                    another value
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

const capitalised = (text: string) => text[0].toUpperCase() + text.slice(1);
