import { Download } from 'lucide-react';
import { downloadFile } from '../../commands/download.ts';
import { removeKept } from '../../commands/kept.ts';
import type { FinishedMerge } from '../../engine/protocol.ts';
import { session, useRun } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { bytes, moment } from '../kit/format.ts';
import { RemoveButton } from '../kit/remove-button.tsx';
import { GgufButton } from './gguf-button.tsx';
import { ZipButton } from './result-files.tsx';

/** What lies in private storage, of this visit and earlier ones, for as long as nobody removes it: merges, and GGUFs. */
export function Kept() {
  const kept = useRun((state) => state.kept);
  const shown = useRun(({ phase, saved }) =>
    phase === 'done' && saved?.kind === 'opfs' ? saved.folder : null,
  );
  const others = kept.filter(({ folder }) => folder !== shown);
  const merges = others.filter(({ only }) => only === null);
  const ggufs = others.filter(({ only }) => only !== null);
  return (
    <>
      {merges.length > 0 && (
        <section className="kept">
          <h4>Finished merges in private storage</h4>
          <List of={merges} />
        </section>
      )}
      {ggufs.length > 0 && (
        <section className="kept">
          <h4>GGUF files in private storage</h4>
          <p className="faint small">
            Models as one file each for llama.cpp: what you exported, and what Chat wrote for itself
            (“-chat-” in the name) and takes again the next time.
          </p>
          <List of={ggufs} />
        </section>
      )}
    </>
  );
}

function List({ of }: { readonly of: readonly FinishedMerge[] }) {
  return (
    <ul>
      {of.map(({ folder, bytes: size, finished, verified, only }) => (
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
            warning={
              only === null
                ? `${folder} cannot be brought back.`
                : 'It can be written again from its model.'
            }
            onRemove={() => void removeKept(session, folder)}
          />
        </li>
      ))}
    </ul>
  );
}
