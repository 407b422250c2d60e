import type { LeftOut } from '../../formats/beside.ts';
import { FileTable } from '../kit/file-table.tsx';

/** A folder may hold thousands of files. */
const shown = 200;

/** What of the models' folders does not go into the output, and why. */
export function LeftOutFiles({ files }: { readonly files: readonly LeftOut[] }) {
  if (files.length === 0) return null;
  return (
    <section>
      <h4>Left out</h4>
      <FileTable
        about="Why"
        files={files.slice(0, shown).map(({ name, size, reason }) => ({
          name,
          size,
          about: reason,
        }))}
      />
      {files.length > shown && (
        <p className="small">and {(files.length - shown).toLocaleString('en')} more</p>
      )}
    </section>
  );
}
