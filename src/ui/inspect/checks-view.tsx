import { CircleCheck } from 'lucide-react';
import { adaptersOf, countOf, opening, outlookOf, shareOf } from '../../stores/planning.ts';
import { useFindings, useModels, usePlanning, useRecipe } from '../../stores/use-session.ts';
import { counted } from '../kit/format.ts';
import { Adapters } from './adapters.tsx';
import { Checklist } from './checklist.tsx';
import { Findings } from './findings.tsx';
import { ModelFailures } from './model-failures.tsx';
import { ShareLine } from './share-line.tsx';

/** What headers alone tell about this merge, before any weight is read. */
export default function ChecksView() {
  const { prospect, outdated } = usePlanning((state) => state);
  const recipe = useRecipe((state) => state.recipe);
  const slots = useModels((state) => state.slots);
  const outlook = outlookOf(prospect);
  const share = shareOf(prospect);
  const findings = useFindings();
  const pending = opening(recipe, slots);
  const adapters = adaptersOf(prospect);
  const errors = countOf(findings, 'error');
  return (
    <div className="checks">
      <h3 className="view-title">Checks</h3>
      {pending.length > 0 ? (
        <p className="lead" aria-busy="true">
          Reading the headers of {pending.map(({ name }) => name).join(', ')}…
        </p>
      ) : outdated ? (
        <p className="lead" aria-busy="true">
          Comparing the headers…
        </p>
      ) : outlook && errors === 0 ? (
        <p className="lead is-good">
          <CircleCheck aria-hidden />
          <span>
            {recipe.output.as === 'adapter'
              ? `Ready to merge: ${counted(outlook.ranks?.modules ?? 0, 'module')} ${outlook.ranks?.modules === 1 ? 'becomes' : 'become'} one adapter.`
              : adapters.length > 0
                ? `Ready to merge: ${outlook.merged} of ${counted(outlook.tensors, 'tensor')} get updates.`
                : `Ready to merge: ${counted(outlook.merged, 'tensor')} match in every model.`}{' '}
            Only headers were read.
          </span>
        </p>
      ) : (
        <p className="lead">
          {errors > 0
            ? `${counted(errors, 'problem')} to fix before this can be merged.`
            : 'Open models to see what fits together.'}
        </p>
      )}
      {share && pending.length === 0 && <ShareLine share={share} />}
      {pending.length === 0 && <Checklist findings={findings} />}
      {pending.length === 0 && <Adapters adapters={adapters} />}
      <ModelFailures />
      <Findings findings={findings} />
    </div>
  );
}
