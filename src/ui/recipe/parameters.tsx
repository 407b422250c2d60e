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
  const trims = method.choices.includes('smallTrim');
  const perModel = Object.values(method.params.perModel).map((param) => param.label);
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
              : 'One threshold per model over all its tensors, as the TIES authors’ code does. Reads the weights twice.'}
          </p>
        </div>
      )}
      {perModel.length > 0 && (
        <p className="param-help">Each model’s {perModel.join(' and ')} is on its card.</p>
      )}
    </section>
  );
}
