import { ChevronUp, X } from 'lucide-react';
import type { ListKey } from '../../stores/recipe-lists.ts';
import { session } from '../../stores/use-session.ts';
import { IconButton } from '../kit/button.tsx';

type ListButtonsProps = {
  readonly list: ListKey;
  readonly id: string;
  readonly name: string;
  readonly isFirst: boolean;
};

/** Moves an item of one of the recipe's ordered lists up, or removes it. */
export function ListButtons({ list, id, name, isFirst }: ListButtonsProps) {
  const edit = session.recipe.getState();
  return (
    <>
      {!isFirst && (
        <IconButton
          className="small"
          label={`Move ${name} up`}
          onPress={() => edit.moveItem(list, id, -1)}
        >
          <ChevronUp aria-hidden />
        </IconButton>
      )}
      <IconButton
        className="small"
        label={`Remove ${name}`}
        onPress={() => edit.removeItem(list, id)}
      >
        <X aria-hidden />
      </IconButton>
    </>
  );
}
