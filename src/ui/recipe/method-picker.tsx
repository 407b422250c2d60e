import { methods } from '../../methods/registry.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { needsOf } from './needs.ts';

/** The methods as cards in plain words; native radio buttons underneath. */
export function MethodPicker() {
  const chosen = useRecipe((state) => state.recipe.method);
  return (
    <fieldset className="method-picker">
      <legend className="visually-hidden">Method</legend>
      {methods.map((method) => (
        <label key={method.id} className="method-card">
          <input
            type="radio"
            className="cover"
            name="method"
            value={method.id}
            checked={method.id === chosen}
            onChange={() => session.recipe.getState().setMethod(method.id)}
          />
          <span className="method-text">
            <strong className="method-name">{method.title}</strong> {method.summary}
          </span>
          <span className="method-needs">{needsOf(method)}</span>
        </label>
      ))}
    </fieldset>
  );
}
