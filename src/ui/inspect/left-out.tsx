import type { LeftOut } from '../../formats/beside.ts';
import { bytes } from '../kit/format.ts';

/** What of the models' folders does not go into the output, and why. */
export function LeftOutFiles({ files }: { readonly files: readonly LeftOut[] }) {
  if (files.length === 0) return null;
  return (
    <section>
      <h4>Left out</h4>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" className="is-right">
                Size
              </th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {files.slice(0, shown).map(({ name, size, reason }) => (
              <tr key={name}>
                <td>
                  <code>{name}</code>
                </td>
                <td className="is-right number">{bytes(size)}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {files.length > shown && (
        <p className="small">and {(files.length - shown).toLocaleString('en')} more</p>
      )}
    </section>
  );
}

/** A folder may hold thousands of files. */
const shown = 200;
