import { FolderInput } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { openDropped } from '../commands/open-dropped.ts';
import { readDrop } from '../commands/read-drop.ts';
import { failureOf } from '../stores/session.ts';
import { session } from '../stores/use-session.ts';

/** The whole page takes files and folders. */
export function DropTarget({ children }: { readonly children: ReactNode }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    window.addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    window.addEventListener('dragleave', (event) => !event.relatedTarget && setOver(false), {
      signal,
    });
    window.addEventListener(
      'drop',
      (event) => {
        setOver(false);
        if (!event.dataTransfer || !hasFiles(event)) return;
        event.preventDefault();
        readDrop(event.dataTransfer)
          .then(({ offered, folders }) => openDropped(session, offered, folders))
          .catch((error) =>
            session.view.getState().tell(`The drop could not be read: ${failureOf(error).message}`),
          );
      },
      { signal },
    );
    return () => stop.abort();
  }, []);
  return (
    <>
      {children}
      {over && (
        <div className="drop-veil" aria-hidden>
          <FolderInput />
          <p>Drop model folders or .safetensors files, or tasks as .csv, .jsonl or .parquet</p>
        </div>
      )}
    </>
  );
}
