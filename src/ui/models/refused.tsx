import { FileX2, X } from 'lucide-react';
import { session, useModels } from '../../stores/use-session.ts';
import { IconButton } from '../kit/button.tsx';

/** Files that could not be taken, why, and what to do instead. */
export function Refused() {
  const refused = useModels((state) => state.refused);
  if (refused.length === 0) return null;
  return (
    <section className="refused" role="alert" aria-label="Files that could not be used">
      <header className="card-head">
        <FileX2 aria-hidden className="card-icon" />
        <h4 className="card-name">
          {refused.length === 1 ? 'A file was not used' : `${refused.length} files were not used`}
        </h4>
        <IconButton
          className="small"
          label="Dismiss"
          onPress={() => session.models.getState().refuse([])}
        >
          <X aria-hidden />
        </IconButton>
      </header>
      <ul>
        {refused.map(({ name, reason, advice }) => (
          <li key={name}>
            <strong>{name}</strong>: {reason}. {advice}
          </li>
        ))}
      </ul>
    </section>
  );
}
