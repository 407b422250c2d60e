import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { readCall } from '../../recipe/peft-call/read-call.ts';
import { type CalledRecipe, recipeOfCall } from '../../recipe/peft-call/recipe-of-call.ts';
import { writeCall } from '../../recipe/peft-call/write-call.ts';
import type { Profile, Recipe } from '../../recipe/recipe.ts';
import { openAdapters } from '../../stores/models.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Segmented } from '../kit/segmented.tsx';
import './peft-call.css';

const versions: readonly { readonly value: Profile; readonly label: string }[] = [
  { value: 'corrected', label: 'Corrected' },
  { value: 'peft 0.20', label: 'PEFT ≤ 0.20' },
  { value: 'peft 0.21', label: 'PEFT ≥ 0.21' },
];

/** A call of PEFT's that becomes the recipe, and the recipe as such a call. */
export default function PeftCallDialog() {
  return (
    <Dialog title="add_weighted_adapter" size="wide" onClose={session.view.getState().close}>
      <div className="peft-call">
        <FromCall />
        <ToCall />
      </div>
    </Dialog>
  );
}

function FromCall() {
  const recipe = useRecipe((state) => state.recipe);
  const slots = useModels((state) => state.slots);
  const [text, setText] = useState('');
  const [profile, setProfile] = useState<Profile>('corrected');
  const made =
    text.trim() === '' ? null : recipeOf(text, profile, openAdapters(slots, recipe), recipe);
  const use = (called: Recipe) => {
    session.recipe.getState().replace(called);
    session.view.getState().close();
    session.view.getState().tell('The recipe of the call is in place.', true);
  };
  return (
    <section>
      <h3>From a call</h3>
      <p className="param-help">
        Paste the call of PEFT’s add_weighted_adapter, with the lines that set its variables. All
        eleven combination types are read.
      </p>
      <textarea
        className="text-field"
        aria-label="Call of add_weighted_adapter"
        rows={8}
        spellCheck={false}
        placeholder={
          'model.add_weighted_adapter(["a", "b"], [1.0, 0.5], "both", "ties_svd", density=0.5)'
        }
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Segmented label="Whose numbers" options={versions} value={profile} onChange={setProfile} />
      <div aria-live="polite">
        {made && 'problem' in made && <p className="small is-problem">{made.problem}</p>}
        {made &&
          'recipe' in made &&
          made.remarks.map((remark) => (
            <p key={remark} className="small">
              {remark}
            </p>
          ))}
      </div>
      <Button
        look="primary"
        isDisabled={made === null || 'problem' in made}
        onPress={() => made && 'recipe' in made && use(made.recipe)}
      >
        Use as the recipe
      </Button>
    </section>
  );
}

function recipeOf(
  text: string,
  profile: Profile,
  ...rest: readonly [Parameters<typeof recipeOfCall>[2], Recipe]
): CalledRecipe {
  const read = readCall(text);
  return 'problem' in read ? read : recipeOfCall(read.call, profile, ...rest);
}

function ToCall() {
  const recipe = useRecipe((state) => state.recipe);
  const [copied, setCopied] = useState('');
  const written = writeCall(recipe);
  if ('beyond' in written) {
    return (
      <section>
        <h3>This recipe as a call</h3>
        <p className="small">No call of add_weighted_adapter makes what this recipe says:</p>
        <ul className="small">
          {written.beyond.map((clause) => (
            <li key={clause}>{clause}</li>
          ))}
        </ul>
      </section>
    );
  }
  const { text, remarks } = written;
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(text));
  return (
    <section>
      <h3>This recipe as a call</h3>
      <pre className="call">{text}</pre>
      {remarks.map((remark) => (
        <p key={remark} className="small">
          {remark}
        </p>
      ))}
      <Button onPress={copy}>
        {copied === text ? <Check aria-hidden /> : <Copy aria-hidden />}{' '}
        {copied === text ? 'Copied' : 'Copy'}
      </Button>
    </section>
  );
}
