import type { LicenceAdvice } from '../../hub/licences.ts';

type LicenceFieldProps = {
  readonly value: string;
  readonly advice: LicenceAdvice | null;
  readonly onChange: (licence: string) => void;
};

const common = [
  'apache-2.0',
  'mit',
  'cc-by-4.0',
  'cc-by-sa-4.0',
  'cc-by-nc-4.0',
  'llama3.1',
  'gemma',
  'openrail',
  'other',
];

/** The licence of the merge: what the parents' licences suggest, and what stands against sharing it. */
export function LicenceField({ value, advice, onChange }: LicenceFieldProps) {
  return (
    <>
      <div className="field-row">
        <label htmlFor="publish-licence">Licence</label>
        <input
          id="publish-licence"
          className="text-field"
          list="publish-licences"
          placeholder="none"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        <datalist id="publish-licences">
          {[...new Set([...(advice?.licence ? [advice.licence] : []), ...common])].map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </div>
      {advice && advice.warnings.length > 0 && (
        <ul className="hub-refusals" aria-label="About the licences of the parents">
          {advice.warnings.map(({ text, source, severity }) => (
            <li key={text} className={severity === 'note' ? '' : 'is-warning'}>
              {text} <Source text={source} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Source({ text }: { readonly text: string }) {
  const [url] = text.split(' ');
  return (
    <a href={url} target="_blank" rel="noreferrer">
      source
    </a>
  );
}
