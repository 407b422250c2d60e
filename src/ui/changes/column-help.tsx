import './column-help.css';

type ColumnHelpProps = {
  readonly columns: readonly { readonly label: string; readonly help: string }[];
};

/** What the numbers of a table mean, one line a column, to be unfolded. */
export function ColumnHelp({ columns }: ColumnHelpProps) {
  return (
    <details>
      <summary>What the columns say</summary>
      <dl className="column-help">
        {columns.map(({ label, help }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{help}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
