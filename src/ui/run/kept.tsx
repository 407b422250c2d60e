import { Download } from 'lucide-react';
import { downloadFile } from '../../commands/download.ts';
import { removeKept } from '../../commands/kept.ts';
import { session, useRun } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { bytes, moment } from '../kit/format.ts';
import { RemoveButton } from '../kit/remove-button.tsx';
import { GgufButton } from './gguf-button.tsx';
import { ZipButton } from './result-files.tsx';

/** Finished merges in private storage, of this visit and earlier ones, for as long as nobody removes them. */
export function Kept() {
  const kept = useRun((state) => state.kept);
  const shown = useRun(({ phase, saved }) =>
    phase === 'done' && saved?.kind === 'opfs' ? saved.folder : null,
  );
  const others = kept.filter(({ folder }) => folder !== shown);
  if (others.length === 0) return null;
  return (
    <section className="kept">
      <h4>Finished merges in private storage</h4>
      <ul>
        {others.map(({ folder, bytes: size, finished, verified, only }) => (
          <li key={folder}>
            <p className="kept-name">
              <code>{folder}</code>
              <span className="kept-facts number">
                {bytes(size)}, {verified ? 'verified' : 'with problems'},{' '}
                <time dateTime={finished}>{moment(finished)}</time>
              </span>
            </p>
            {only === null ? (
              <>
                <GgufButton
                  from={{ kind: 'written', place: { kind: 'opfs', folder }, name: folder }}
                />
                <ZipButton folder={folder} />
              </>
            ) : (
              <Button onPress={() => void downloadFile(session, folder, only)}>
                <Download aria-hidden /> Download
              </Button>
            )}
            <RemoveButton
              what={folder}
              warning={`${folder} cannot be brought back.`}
              onRemove={() => void removeKept(session, folder)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
