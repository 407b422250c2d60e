import { Trash2 } from 'lucide-react';
import { removeKept } from '../../commands/kept.ts';
import { session, useRun } from '../../stores/use-session.ts';
import { IconButton } from '../kit/button.tsx';
import { ZipButton } from './result-files.tsx';

/** Merges of earlier visits that still take room in private storage. */
export function Kept() {
  const kept = useRun((state) => state.kept);
  const shown = useRun(({ phase, saved }) =>
    phase === 'done' && saved?.kind === 'opfs' ? saved.folder : null,
  );
  const others = kept.filter((folder) => folder !== shown);
  if (others.length === 0) return null;
  return (
    <section className="kept">
      <h4>Earlier merges in private storage</h4>
      <ul>
        {others.map((folder) => (
          <li key={folder}>
            <code>{folder}</code>
            <ZipButton folder={folder} />
            <IconButton label={`Remove ${folder}`} onPress={() => void removeKept(session, folder)}>
              <Trash2 aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
