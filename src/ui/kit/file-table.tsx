import type { ReactNode } from 'react';
import { bytes } from './format.ts';
import './file-table.css';

type FileRow = {
  readonly name: string;
  /** In bytes; null when nobody has said. */
  readonly size: number | null;
  /** Where it comes from, its checksum, why it stays behind. */
  readonly about: ReactNode;
  readonly action?: ReactNode;
};

type FileTableProps = {
  readonly files: readonly FileRow[];
  /** Heading of what is said about each file. */
  readonly about: string;
  /** What the buttons at the end do; heard, not seen. */
  readonly action?: string | undefined;
};

/** Files with their sizes, and one thing said about each. */
export function FileTable({ files, about, action }: FileTableProps) {
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className="is-right">
              Size
            </th>
            <th scope="col">{about}</th>
            {action && (
              <th scope="col">
                <span className="visually-hidden">{action}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.name}>
              <td>
                <code>{file.name}</code>
              </td>
              <td className="is-right number">
                {file.size === null ? 'unknown' : bytes(file.size)}
              </td>
              <td>{file.about}</td>
              {action && <td className="is-right">{file.action}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
