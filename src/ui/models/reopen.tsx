import { FolderSync } from 'lucide-react';
import { reopenable, reopenModels } from '../../commands/reopen-models.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { counted } from '../kit/format.ts';

/** After a reload: the user's own models, to be opened again with one press. */
export function Reopen() {
  const recipe = useRecipe((state) => state.recipe);
  const slots = useModels((state) => state.slots);
  const remembered = useModels((state) => state.remembered);
  const models = reopenable(recipe, { slots, remembered });
  if (models.length === 0) return null;
  return (
    <section className="card reopen" aria-label="Models of the last visit">
      <header className="card-head">
        <FolderSync aria-hidden className="card-icon" />
        <h4 className="card-name">{counted(models.length, 'model')} of the last visit</h4>
      </header>
      <p>
        {models.map(({ name }) => name).join(', ')}: the browser knows where{' '}
        {models.length === 1 ? 'it lies' : 'they lie'}, and asks before this page may read.
      </p>
      <Button look="primary" onPress={() => void reopenModels.run(session)}>
        Open {models.length === 1 ? 'it' : 'them'} again
      </Button>
    </section>
  );
}
