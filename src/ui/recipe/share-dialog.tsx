import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { mergekitRecipe } from '../../commands/mergekit-recipe.ts';
import { peftCall } from '../../commands/peft-call.ts';
import { recipeToHash } from '../../recipe/link.ts';
import { modelsOf } from '../../recipe/series.ts';
import { linkHere } from '../../stores/address.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import './suggest.css';

export default function ShareDialog() {
  const recipe = useRecipe((state) => state.recipe);
  const [copied, setCopied] = useState(false);
  const [withPlace, setWithPlace] = useState(false);
  const link = withPlace ? linkHere(session) : new URL(recipeToHash(recipe), location.href).href;
  const local = modelsOf(recipe).flatMap(({ origin, name }) => (origin === 'local' ? [name] : []));
  return (
    <Dialog title="Share this recipe" onClose={session.view.getState().close}>
      <p className="small">
        The link holds the recipe: models by name and size, method, parameters, rules. No weights,
        and what follows the # is never sent to a server.
      </p>
      <div className="share-row">
        <input
          className="text-field"
          aria-label="Share link"
          readOnly
          value={link}
          onFocus={(event) => event.target.select()}
        />
        <Button
          look="primary"
          onPress={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}
        >
          {copied ? <Check aria-hidden /> : <Copy aria-hidden />} {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <label className="check small">
        <input
          type="checkbox"
          checked={withPlace}
          onChange={(event) => {
            setWithPlace(event.target.checked);
            setCopied(false);
          }}
        />{' '}
        Open it at the view that is shown now
      </label>
      {local.length > 0 && (
        <p className="small faint">
          {local.join(', ')} {local.length === 1 ? 'lies' : 'lie'} on your computer: whoever opens
          the link is asked to drop the same files.
        </p>
      )}
      <div className="share-row">
        <Button onPress={() => void mergekitRecipe.run(session)}>As a mergekit recipe…</Button>
        {recipe.output.as === 'adapter' && (
          <Button onPress={() => void peftCall.run(session)}>As add_weighted_adapter…</Button>
        )}
      </div>
    </Dialog>
  );
}
