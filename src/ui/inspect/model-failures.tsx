import { CircleX } from 'lucide-react';
import { useModels } from '../../stores/use-session.ts';
import { FailureText } from '../kit/failure-text.tsx';

/** Models that could not be opened, and the demo when it did not load. */
export function ModelFailures() {
  const slots = useModels((state) => state.slots);
  const demo = useModels((state) => state.demo);
  const failures = [
    ...(demo.kind === 'failed' ? [{ id: 'demo', name: 'Demo family', failure: demo.failure }] : []),
    ...Object.values(slots).flatMap(({ id, name, status }) =>
      status.kind === 'failed' ? [{ id, name, failure: status.failure }] : [],
    ),
  ];
  if (failures.length === 0) return null;
  return (
    <div role="alert">
      <ul className="findings">
        {failures.map(({ id, name, failure }) => (
          <li key={id} className="finding is-error">
            <CircleX aria-hidden className="finding-icon" />
            <div className="finding-text">
              <p className="finding-kind">
                could not be opened <span className="finding-place">{name}</span>
              </p>
              <FailureText failure={failure} />
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
