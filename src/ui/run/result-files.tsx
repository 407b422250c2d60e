import { CloudUpload, Copy, Download, FolderCheck, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { downloadFile, downloadZip } from '../../commands/download.ts';
import { removeKept } from '../../commands/kept.ts';
import type { RunResult } from '../../engine/protocol.ts';
import { session, useRun } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { FileTable } from '../kit/file-table.tsx';
import { RemoveButton } from '../kit/remove-button.tsx';
import { GgufButton } from './gguf-button.tsx';

type Files = RunResult['verify']['files'];

/** The written files with their checksums, and how to get them. */
export function ResultFiles({ result }: { readonly result: RunResult }) {
  const saved = useRun((state) => state.saved);
  const name = useRun((state) => state.name);
  const { files } = result.verify;
  const folder = saved?.kind === 'opfs' ? saved.folder : null;
  return (
    <section>
      <div className="files-head">
        <h4>Files</h4>
        <span className="files-actions">
          <Button look="quiet" onPress={() => void copySums(files)}>
            <Copy aria-hidden /> Copy checksums
          </Button>
          {saved && <GgufButton from={{ kind: 'written', place: saved, name }} look="quiet" />}
          <Button look="quiet" onPress={() => session.view.getState().open('publish')}>
            <CloudUpload aria-hidden /> Publish…
          </Button>
          {folder !== null && (
            <RemoveButton
              what={folder}
              warning={`${folder} cannot be brought back.`}
              onRemove={() => void removeKept(session, folder)}
            />
          )}
          {folder !== null && <ZipButton folder={folder} look="primary" />}
        </span>
      </div>
      {saved?.kind === 'directory' && (
        <p className="small">
          <FolderCheck aria-hidden className="inline-icon" /> In the folder{' '}
          <strong>{saved.name}</strong>
        </p>
      )}
      <FileTable
        about="SHA-256"
        action={folder === null ? undefined : 'Download'}
        files={files.map(({ name, size, sha256 }) => ({
          name,
          size,
          about: (
            <code className="hash" title={sha256}>
              {sha256}
            </code>
          ),
          action: folder !== null && (
            <Button
              look="quiet"
              aria-label={`Download ${name}`}
              onPress={() => void downloadFile(session, folder, name)}
            >
              <Download aria-hidden />
            </Button>
          ),
        }))}
      />
    </section>
  );
}

type ZipButtonProps = { readonly folder: string; readonly look?: 'primary' | 'plain' };

export function ZipButton({ folder, look = 'plain' }: ZipButtonProps) {
  const [busy, setBusy] = useState(false);
  const zip = async () => {
    setBusy(true);
    await downloadZip(session, folder);
    setBusy(false);
  };
  return (
    <Button look={look} isDisabled={busy} onPress={() => void zip()}>
      {busy ? <LoaderCircle aria-hidden className="spin" /> : <Download aria-hidden />}
      Download all (zip)
    </Button>
  );
}

/** In the form that `sha256sum --check` reads. */
async function copySums(files: Files): Promise<void> {
  await navigator.clipboard.writeText(
    files.map(({ sha256, name }) => `${sha256}  ${name}\n`).join(''),
  );
  session.view.getState().tell('Copied, in the form that sha256sum --check reads.');
}
