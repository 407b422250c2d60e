import { Search } from 'lucide-react';
import './search-field.css';

type SearchFieldProps = {
  /** What is said to who does not see it; shown where there is no other hint. */
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

export function SearchField({ label, hint = label, value, onChange }: SearchFieldProps) {
  return (
    <label className="search">
      <Search aria-hidden />
      <span className="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder={hint}
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
