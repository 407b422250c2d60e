import type { ReactNode } from 'react';
import { EndOf } from './end-of.tsx';
import { heat } from './heat.ts';
import './cosine-matrix.css';

type CosineMatrixProps = {
  readonly caption: string;
  readonly all: readonly { readonly key: string; readonly name: string }[];
  readonly cosineOf: (row: number, column: number) => number | null;
  /** What a cell shows, and what it says of the two. */
  readonly textOf: (row: number, column: number) => string;
  readonly toldOf: (row: number, column: number) => string;
  readonly diagonal: (row: number) => ReactNode;
  readonly chosen: readonly [number, number];
  readonly onChoose: (pair: readonly [number, number]) => void;
};

/** Models beyond which columns have numbers for names, so that the cells find room. */
const many = 8;

/** Every two of some directions; a cell chooses its pair. The scale of the colours is always −1 to 1. */
export function CosineMatrix(props: CosineMatrixProps) {
  const { caption, all, cosineOf, textOf, toldOf, diagonal, onChoose } = props;
  const [a, b] = props.chosen;
  return (
    <div className="cosine-frame">
      <table className={all.length > many ? 'cosines is-many' : 'cosines'}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <td />
            {all.map(({ key, name }, column) => (
              <th scope="col" key={key} title={name} aria-label={name}>
                {all.length > many ? column + 1 : <EndOf name={name} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {all.map(({ key, name }, row) => (
            <tr key={key}>
              <th scope="row" title={name}>
                <span className="cosine-name">
                  {all.length > many && <span className="faint">{row + 1}</span>}
                  <EndOf name={name} />
                </span>
              </th>
              {all.map((other, column) => (
                <td key={other.key}>
                  {row === column ? (
                    <span className="faint">{diagonal(row)}</span>
                  ) : (
                    <button
                      type="button"
                      className="heat"
                      style={heat(cosineOf(row, column))}
                      aria-pressed={(row === a && column === b) || (row === b && column === a)}
                      aria-label={`${name} and ${other.name}: ${toldOf(row, column)}`}
                      onClick={() => onChoose([row, column])}
                    >
                      {textOf(row, column)}
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
