import { findMethod } from '../../methods/registry.ts';
import { usesBase } from '../../plan/participants.ts';
import { globalValues } from '../../recipe/defaults.ts';
import type { Donors } from '../../recipe/recipe.ts';
import { membersOf } from '../../recipe/series.ts';
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
      {shown.map(({ role, label }) => {
        const models = [
          ['', isBase ? 'the base' : 'the first model'] as const,
          ...membersOf(recipe).map(({ id, name }) => [id, name] as const),
        ];
        return role === 'chatTemplate' ? (
          <ChatTemplate key={role} {...{ label, models }} />
        ) : (
          <SelectField
            key={role}
            label={label}
            value={recipe.donors[role] ?? ''}
            options={models}
            onChange={(model) => session.recipe.getState().setDonor(role, model || null)}
          />
        );
      })}
    </fieldset>
  );
}

type ChatTemplateProps = {
  readonly label: string;
  readonly models: readonly (readonly [string, string])[];
};

/** That of a model, the one that most of them have, or a text. */
function ChatTemplate({ label, models }: ChatTemplateProps) {
  const chosen = useRecipe((state) => state.recipe.chatTemplate);
  const donor = useRecipe((state) => state.recipe.donors.chatTemplate ?? '');
  const edit = session.recipe.getState();
  const value = chosen === null ? `of ${donor}` : chosen === 'most common' ? chosen : 'text';
  const choose = (next: string) => {
    if (next === 'most common') edit.setChatTemplate(next);
    else if (next === 'text') edit.setChatTemplate({ text: '' });
    else edit.setDonor('chatTemplate', next.slice('of '.length) || null);
  };
  return (
    <>
      <SelectField
        label={label}
        value={value}
        options={[
          ...models.map(([id, name]) => [`of ${id}`, name] as const),
          ['most common', 'the most common'],
          ['text', 'a text'],
        ]}
        onChange={choose}
      />
      {typeof chosen === 'object' && chosen !== null && (
        <textarea
          className="text-field template-text"
          aria-label="Chat template in Jinja"
          placeholder="{% for message in messages %} …"
          rows={5}
          spellCheck={false}
          value={chosen.text}
          onChange={({ target }) => edit.setChatTemplate({ text: target.value })}
        />
      )}
    </>
  );
}
