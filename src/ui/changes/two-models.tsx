import { ChevronRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import { comparable } from '../../stores/difference.ts';
import { session, useDifference, useModels } from '../../stores/use-session.ts';
import type { Difference } from '../../views/difference.ts';
import { Looking } from '../conflicts/looking.tsx';
import { percent } from '../conflicts/metrics.ts';
import { sampledText } from '../conflicts/sampled-text.ts';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes, counted } from '../kit/format.ts';
import { DifferenceLists } from './difference-lists.tsx';
import { DifferenceTable } from './difference-table.tsx';
import { Histogram } from './histogram.tsx';
import '../kit/disclosure.css';
import './changes.css';

/** Where two models can be compared, whatever the recipe; nothing is read before it is opened. */
export function CompareTwo({ isFirst = false }: { readonly isFirst?: boolean }) {
  const [isOpen, setOpen] = useState(isFirst);
  return (
    <details
      className="disclosure"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <ChevronRight aria-hidden className="disclosure-mark" />
        <h3 className="disclosure-title">Compare two models</h3>
        <span className="disclosure-summary">any two that are open, with no merge and no base</span>
      </summary>
      <section className="disclosure-body" aria-label="Compare two models">
        {isOpen && <TwoModels />}
      </section>
    </details>
  );
}

function TwoModels() {
  const slots = useModels((state) => state.slots);
  const models = comparable(slots);
  const state = useDifference();
  const { pair, found, toFetch, isLooking, failure, watch, choose, fetch } = state;
  useEffect(() => {
    watch(true);
    return () => watch(false);
  }, [watch]);
  if (pair === null) {
    return (
      <p className="param-help">
        Open two models to see what differs between them: drop their folders, or find them on the
        Hub. They need no base in common and no recipe. Adapters hold updates instead of weights:
        what one changes stands above, once its base is chosen.
      </p>
    );
  }
  const [first, second] = pair;
  const options = models.map(({ id, name }) => (
    <option key={id} value={id}>
      {name}
    </option>
  ));
  return (
    <div className="changes" aria-busy={isLooking}>
      <div className="delta-tools">
        <label className="delta-pick">
          From
          <select
            className="select-field"
            value={first}
            onChange={({ target }) =>
              choose([target.value, target.value === second ? first : second])
            }
          >
            {options}
          </select>
        </label>
        <label className="delta-pick">
          to
          <select
            className="select-field"
            value={second}
            onChange={({ target }) =>
              choose([target.value === first ? second : first, target.value])
            }
          >
            {options}
          </select>
        </label>
        <Button look="quiet" onPress={() => choose([second, first])}>
          Swap
        </Button>
      </div>
      {failure && <FailureText failure={failure} />}
      {toFetch > 0 && (
        <div className="to-fetch">
          <p>
            A sample of both takes <span className="number">{bytes(toFetch)}</span> from the Hub.
          </p>
          <Button onPress={fetch}>Fetch and look</Button>
        </div>
      )}
      <Looking {...state} isFirst={!found && !failure && toFetch === 0} />
      {found && <Found difference={found} />}
    </div>
  );
}

function Found({ difference }: { readonly difference: Difference }) {
  const { names, elements, sampled, magnitudes, tensors } = difference;
  if (tensors.names.length === 0) {
    return (
      <>
        <p className="conflicts-verdict">
          {names[0]} and {names[1]} have no tensor of the same name and shape with floats in it:
          there is nothing to compare element by element.
        </p>
        <DifferenceLists difference={difference} />
      </>
    );
  }
  const { tensor } = magnitudes;
  return (
    <>
      <p className="conflicts-verdict">{sentence(difference)}</p>
      <p className="small faint number" role="status">
        {sampled >= elements
          ? `All ${counted(Math.round(elements), 'element')} that both have were looked at.`
          : `From a sample of ${sampledText(difference)} that both have, which stand for the rest.`}
      </p>
      <p className="param-help">
        |Δ| of{' '}
        {tensor ? (
          <>
            <span className="number">{tensor.name}</span>.{' '}
            <button
              type="button"
              className="link"
              onClick={() => session.difference.getState().focusOn(null)}
            >
              Of the whole model
            </button>
          </>
        ) : (
          'the whole model; choose a tensor below to see it alone.'
        )}
      </p>
      <Histogram
        names={[names[1]]}
        of={[tensor ? tensor.of : magnitudes.model]}
        chosen={0}
        handle={null}
      />
      <DifferenceTable difference={difference} />
      <DifferenceLists difference={difference} />
    </>
  );
}

/** The whole in two sentences. */
function sentence(difference: Difference): string {
  const { names, whole, lists, tensors, tensorsMerged, tensorsSampled } = difference;
  const [first, second] = names;
  const isEvery = tensorsSampled >= tensorsMerged;
  const all = tensors.names.length;
  const same = lists.equal.length + lists.equalInSample.length;
  if (same === all) {
    const looked = !isEvery || lists.equalInSample.length > 0 ? ' in all that was looked at' : '';
    return `${second} has the weights of ${first}${looked}: ${all === 1 ? 'the tensor' : `all ${all.toLocaleString('en')} tensors`} that both have are equal.`;
  }
  const cosine = whole.cosine === null ? '' : `, and their cosine is ${whole.cosine.toFixed(4)}`;
  const of = isEvery ? 'that both have' : 'that were looked at';
  return `${second} differs from ${first} in ${(all - same).toLocaleString('en')} of ${counted(all, 'tensor')} ${of}, in ${percent(whole.nonZero)} of the elements. What differs is ${percent(whole.overBase)} as long as the weights of ${first}${cosine}.`;
}
