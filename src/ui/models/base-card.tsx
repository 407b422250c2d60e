import { Anchor, X } from 'lucide-react';
import type { ModelRef } from '../../recipe/recipe.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { IconButton } from '../kit/button.tsx';
import { Coded } from '../kit/coded.tsx';
import { ModelFacts } from './model-facts.tsx';

type BaseCardProps = {
  readonly base: ModelRef | null;
  readonly need: 'required' | 'optional' | 'none';
};

export function BaseCard({ base, need }: BaseCardProps) {
  const isAdapter = useRecipe((state) => state.recipe.output.as === 'adapter');
  const summary = useModels((state) => (base ? state.slots[base.id]?.summary : null));
  if (!base) {
    return (
      <div className="card empty-slot">
        {isAdapter
          ? 'No base: adapters that become one adapter need none.'
          : need === 'none'
            ? 'This method needs no base.'
            : 'No base. Drop the model that all experts started from, or make an expert the base.'}
      </div>
    );
  }
  return (
    <article className="card base-card" aria-label={`Base, ${base.name}`}>
      <header className="card-head">
        <Anchor aria-hidden className="card-icon" />
        <h4 className="card-name">{base.name}</h4>
        <IconButton
          className="small"
          label={`Remove ${base.name} as base`}
          onPress={() => session.recipe.getState().setBase(null)}
        >
          <X aria-hidden />
        </IconButton>
      </header>
      <ModelFacts model={base} />
      {summary && (
        <p className="card-summary">
          <Coded text={summary} />
        </p>
      )}
      {need === 'none' && <p className="card-aside">Not used by this method.</p>}
    </article>
  );
}
