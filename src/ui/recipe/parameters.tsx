import type { MergeMethod } from '../../methods/method.ts';
import { globalValues } from '../../recipe/defaults.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { ParamForm } from '../form/param-form.tsx';
import { Segmented } from '../kit/segmented.tsx';

export function Parameters({ method }: { readonly method: MergeMethod }) {
  const recipe = useRecipe((state) => state.recipe);
  const edit = session.recipe.getState();
  const schema = method.params.global;
  const initial = globalValues({ ...recipe, values: {} }, method);
  const trims = method.trimsWholeModel;
  return (
    <section className="parameters" aria-label="Parameters">
      <h3 className="panel-title">Parameters of {method.title}</h3>
      {Object.keys(schema).length > 0 && (
        <ParamForm
          schema={schema}
          values={globalValues(recipe, method)}
          initial={initial}
          isSet={(key) => key in recipe.values}
          onChange={edit.setValue}
          onReset={edit.resetValue}
        />
      )}
      {trims && (
        <div className="param">
          <div className="choice">
            <span className="choice-label">trim threshold</span>
            <Segmented
              label="Trim threshold"
              options={[
                { value: 'tensor', label: 'per tensor' },
                { value: 'model', label: 'whole model' },
              ]}
              value={recipe.trimScope}
              onChange={edit.setTrimScope}
            />
          </div>
          <p className="param-help">
            {recipe.trimScope === 'tensor'
              ? 'Every tensor keeps the same share of its changes.'
              : 'One threshold per model over all its tensors, as in the TIES authors’ code (which keeps one element more). Reads the weights twice.'}
          </p>
        </div>
      )}
      <PerModelHelp method={method} />
    </section>
  );
}

/** The sliders on the cards are bare for want of room; what they mean stands here. */
function PerModelHelp({ method }: { readonly method: MergeMethod }) {
  const params = Object.entries(method.params.perModel);
  if (params.length === 0) return null;
  return (
    <dl className="per-model-help">
      {params.map(([key, { label, help, source }]) => (
        <div key={key}>
          <dt>{label} of each model, on its card</dt>
          <dd className="param-help">
            {help}
            {source && <span className="param-source">Source: {source}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
