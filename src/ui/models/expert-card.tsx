import { Anchor, ChevronDown, ChevronUp, MoreHorizontal, X } from 'lucide-react';
import { defaultsOf } from '../../methods/params.ts';
import { findMethod } from '../../methods/registry.ts';
import { expertValues } from '../../recipe/defaults.ts';
import type { Expert } from '../../recipe/recipe.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { ParamForm } from '../form/param-form.tsx';
import { IconButton } from '../kit/button.tsx';
import { Coded } from '../kit/coded.tsx';
import { Menu } from '../kit/menu.tsx';
import { ggufItem } from './gguf-item.tsx';
import { ModelFacts } from './model-facts.tsx';

type ExpertCardProps = {
  readonly expert: Expert;
  readonly isFirst: boolean;
  readonly isLast: boolean;
};

export function ExpertCard({ expert, isFirst, isLast }: ExpertCardProps) {
  const { id, name } = expert.model;
  const summary = useModels((state) => state.slots[id]?.summary);
  const isOpen = useModels((state) => state.slots[id]?.status.kind === 'open');
  const method = findMethod(useRecipe((state) => state.recipe.method));
  const dialect = useRecipe((state) => state.recipe.dialect);
  const edit = session.recipe.getState();
  const values = method ? expertValues({ dialect }, method, expert) : {};
  const schema = method?.params.perModel ?? {};
  const weight = values['weight'];
  const items = [
    {
      id: 'base',
      label: 'Make base',
      note: 'The present base takes its place.',
      icon: <Anchor aria-hidden />,
      run: () => edit.makeBase(id),
    },
    {
      id: 'up',
      label: 'Move up',
      icon: <ChevronUp aria-hidden />,
      disabled: isFirst,
      run: () => edit.moveExpert(id, -1),
    },
    {
      id: 'down',
      label: 'Move down',
      icon: <ChevronDown aria-hidden />,
      disabled: isLast,
      run: () => edit.moveExpert(id, 1),
    },
    ggufItem(expert.model, isOpen),
    {
      id: 'remove',
      label: 'Remove',
      icon: <X aria-hidden />,
      run: () => edit.removeExpert(id),
    },
  ];
  return (
    <article className="card expert-card" aria-label={`Expert, ${name}`}>
      <header className="card-head">
        <h4 className="card-name">{name}</h4>
        {typeof weight === 'number' && (
          <IconButton
            className={`small sign ${weight < 0 ? 'is-negative' : ''}`}
            label={weight < 0 ? `Add ${name} instead of subtracting` : `Subtract ${name}`}
            onPress={() => edit.setExpertValue(id, 'weight', -weight)}
          >
            <span aria-hidden>{weight < 0 ? '−' : '+'}</span>
          </IconButton>
        )}
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
      <ModelFacts model={expert.model} />
      {summary && (
        <p className="card-summary">
          <Coded text={summary} />
        </p>
      )}
      {method && Object.keys(schema).length > 0 && (
        <ParamForm
          schema={schema}
          values={values}
          initial={defaultsOf(schema)}
          isSet={(key) => key in expert.values}
          owner={name}
          explained={false}
          signedKeys={['weight']}
          onChange={(key, value) => edit.setExpertValue(id, key, value)}
          onReset={(key) => edit.resetExpertValue(id, key)}
        />
      )}
    </article>
  );
}
