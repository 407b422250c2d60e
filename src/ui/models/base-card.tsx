import { Anchor, MoreHorizontal, X } from 'lucide-react';
import type { ModelRef } from '../../recipe/recipe.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { IconButton } from '../kit/button.tsx';
import { Coded } from '../kit/coded.tsx';
import { Menu } from '../kit/menu.tsx';
import { ggufItem } from './gguf-item.tsx';
import { ModelFacts } from './model-facts.tsx';

type BaseCardProps = {
  readonly base: ModelRef | null;
  readonly need: 'required' | 'optional' | 'none';
};

export function BaseCard({ base, need }: BaseCardProps) {
  const isAdapter = useRecipe((state) => state.recipe.output.as === 'adapter');
  const summary = useModels((state) => (base ? state.slots[base.id]?.summary : null));
  const isOpen = useModels((state) => !!base && state.slots[base.id]?.status.kind === 'open');
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
  const { name } = base;
  const items = [
    ggufItem(base, isOpen),
    {
      id: 'remove',
      label: 'Remove',
      icon: <X aria-hidden />,
      run: () => session.recipe.getState().setBase(null),
    },
  ];
  return (
    <article className="card base-card" aria-label={`Base, ${name}`}>
      <header className="card-head">
        <Anchor aria-hidden className="card-icon" />
        <h4 className="card-name">{name}</h4>
        <Menu
          label={`Options of ${name}`}
          sections={[{ title: name, items }]}
          trigger={
            <IconButton className="small" label={`Options of ${name}`}>
              <MoreHorizontal aria-hidden />
            </IconButton>
          }
        />
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
