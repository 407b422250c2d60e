import { Plus, X } from 'lucide-react';
import type { ByToken, TokenRow } from '../../recipe/recipe.ts';
import { session } from '../../stores/use-session.ts';
import { Button, IconButton } from '../kit/button.tsx';

type TokenRowsProps = {
  readonly rows: ByToken['rows'];
  /** Names of models by id. */
  readonly models: ReadonlyMap<string, string>;
};

/** Tokens whose rows come from where the recipe says. */
export default function TokenRows({ rows, models }: TokenRowsProps) {
  const set = (next: ByToken['rows']) => session.recipe.getState().setTokens({ rows: next });
  const [first] = models.keys();
  return (
    <>
      {rows.map((row, k) => (
        <OneRow
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names of their own, and are only appended and removed.
          key={k}
          {...{ row, models }}
          name={`Row ${k + 1}`}
          onChange={(next) => set(rows.with(k, next))}
          onRemove={() => set(rows.toSpliced(k, 1))}
        />
      ))}
      <div className="field-row">
        <Button
          look="quiet"
          onPress={() =>
            set([...rows, { token: '', from: { kind: 'model', model: first }, force: false }])
          }
        >
          <Plus aria-hidden /> Row of a token
        </Button>
      </div>
    </>
  );
}

type OneRowProps = {
  readonly row: TokenRow;
  readonly name: string;
  readonly models: TokenRowsProps['models'];
  readonly onChange: (row: TokenRow) => void;
  readonly onRemove: () => void;
};

function OneRow({ row, name, models, onChange, onRemove }: OneRowProps) {
  const { token, from, force } = row;
  const value = from.kind === 'zeros' ? from.kind : `${from.kind} ${from.model}`;
  const isUnknown = from.kind !== 'zeros' && !models.has(from.model);
  const choose = (chosen: string) => onChange({ ...row, from: fromOf(chosen, token) });
  return (
    <fieldset className="rule" aria-label={name}>
      <div className="rule-head">
        <input
          className="text-field token-text"
          aria-label={`${name}, token`}
          placeholder="<|im_end|>"
          spellCheck={false}
          value={token}
          onChange={({ target }) => onChange({ ...row, token: target.value })}
        />
        <IconButton className="small" label={`Remove ${name}`} onPress={onRemove}>
          <X aria-hidden />
        </IconButton>
      </div>
      <div className="rename-side">
        <span>from</span>
        <select
          className="select-field"
          aria-label={`${name}, from`}
          value={value}
          onChange={({ target }) => choose(target.value)}
        >
          {[...models].map(([id, model]) => (
            <option key={id} value={`model ${id}`}>
              {model}
            </option>
          ))}
          {[...models].map(([id, model]) => (
            <option key={id} value={`token ${id}`}>
              another token of {model}
            </option>
          ))}
          <option value="zeros">zeros</option>
          {isUnknown && <option value={value}>a model that does not take part</option>}
        </select>
      </div>
      {from.kind === 'token' && (
        <div className="rename-side">
          <span>its</span>
          <input
            className="text-field"
            aria-label={`${name}, the other token`}
            placeholder="</s>, or #2 for an id"
            spellCheck={false}
            value={typeof from.token === 'number' ? `#${from.token}` : from.token}
            onChange={({ target }) =>
              onChange({ ...row, from: { ...from, token: tokenOf(target.value) } })
            }
          />
        </div>
      )}
      <label className="rename-side">
        <input
          type="checkbox"
          checked={force}
          onChange={({ target }) => onChange({ ...row, force: target.checked })}
        />
        also in models that have it
      </label>
    </fieldset>
  );
}

function fromOf(chosen: string, token: string): TokenRow['from'] {
  if (chosen === 'zeros') return { kind: 'zeros' };
  const [kind, model] = [chosen.slice(0, 5), chosen.slice(6)];
  return kind === 'token' ? { kind, model, token } : { kind: 'model', model };
}

/** "#2" is the token with the id 2. */
function tokenOf(text: string): string | number {
  return /^#\d{1,7}$/.test(text) ? Number(text.slice(1)) : text;
}
