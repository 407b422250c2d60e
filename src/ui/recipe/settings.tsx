import { findMethod } from '../../methods/registry.ts';
import { useRecipe } from '../../stores/use-session.ts';
import { Layers } from '../layers/layers.tsx';
import { DialectMenu } from './dialect-menu.tsx';
import { LayerRules } from './layer-rules.tsx';
import { MethodPicker } from './method-picker.tsx';
import { OutputForm } from './output-form.tsx';
import { Parameters } from './parameters.tsx';
import { TensorNames } from './tensor-names.tsx';
import './recipe.css';

/** Method, parameters, exact behaviour, rules over layers, names, output. */
export function Settings() {
  const method = findMethod(useRecipe((state) => state.recipe.method));
  return (
    <div className="settings">
      <MethodPicker />
      {method ? (
        <>
          <Parameters method={method} />
          <DialectMenu method={method} />
          <LayerRules method={method} />
          <Layers />
          <TensorNames />
        </>
      ) : (
        <p className="card empty-slot">
          This recipe names a method that this version does not know. Choose one above.
        </p>
      )}
      <OutputForm />
    </div>
  );
}
