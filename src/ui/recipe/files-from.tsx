import { membersOf } from '../../commands/members.ts';
import { findMethod } from '../../methods/registry.ts';
import { usesBase } from '../../plan/participants.ts';
import { globalValues } from '../../recipe/defaults.ts';
import type { Donors } from '../../recipe/recipe.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { SelectField } from '../kit/select-field.tsx';

const roles: readonly { readonly role: keyof Donors; readonly label: string }[] = [
  { role: 'config', label: 'Config, code, others' },
  { role: 'tokenizer', label: 'Tokenizer' },
  { role: 'chatTemplate', label: 'Chat template' },
  { role: 'generation', label: 'Generation config' },
];

/** Whose small files the output takes. */
export function FilesFrom() {
  const recipe = useRecipe((state) => state.recipe);
  const method = findMethod(recipe.method);
  const isBase = method !== null && usesBase(method, globalValues(recipe, method));
  // By token the files follow the tokens; without a base they are whose tokens come first.
  const isByToken = typeof recipe.vocabulary === 'object' && isBase;
  const shown = roles.filter(({ role }) => role !== 'tokenizer' || !isByToken);
  return (
    <fieldset className="files-from">
      <legend className="small">Files from</legend>
      {shown.map(({ role, label }) => (
        <SelectField
          key={role}
          label={label}
          value={recipe.donors[role] ?? ''}
          options={[
            ['', isBase ? 'the base' : 'the first model'],
            ...membersOf(recipe).map(({ id, name }) => [id, name] as const),
          ]}
          onChange={(model) => session.recipe.getState().setDonor(role, model || null)}
        />
      ))}
    </fieldset>
  );
}
