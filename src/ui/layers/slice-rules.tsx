import { Plus, TrendingUp, X } from 'lucide-react';
import type { MergeMethod } from '../../methods/method.ts';
import type { Rule, Slice } from '../../recipe/recipe.ts';
import { depthOf } from '../../recipe/slices.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { RuleEditor } from '../recipe/rule-editor.tsx';
import { firstRules, numericParams } from '../recipe/rule-params.ts';

type SliceRulesProps = {
  readonly slice: Slice;
  readonly method: MergeMethod;
  readonly models: readonly { readonly id: string; readonly name: string }[];
  readonly name: string;
  /** `key` names the rule that is edited, so that a drag is one step back; null makes a step of its own. */
  onChange(rules: readonly Rule[], key: string | null): void;
};

/** Rules of one slice: as the recipe's, and read before them. A gradient runs over the slice. */
export function SliceRules({ slice, method, models, name, onChange }: SliceRulesProps) {
  const { id, rules } = slice;
  const numeric = numericParams(method);
  const drafts = firstRules(numeric);
  const add = (draft: Omit<Rule, 'id'>) =>
    onChange([...rules, { id: freeId(id, rules), ...draft }], null);
  return (
    <>
      {rules.length > 0 && (
        <ol className="rules" aria-label={`Rules of ${name}`}>
          {rules.map((rule, position) => (
            <li key={rule.id}>
              <RuleEditor
                rule={rule}
                name={`${name}, rule ${position + 1}`}
                method={method}
                numeric={numeric}
                models={models}
                layers={depthOf(slice)}
                onChange={(next) =>
                  onChange(
                    rules.map((each) => (each === rule ? { ...each, ...next } : each)),
                    `rule ${rule.id}`,
                  )
                }
                buttons={
                  <IconButton
                    className="small"
                    label={`Remove ${name}, rule ${position + 1}`}
                    onPress={() =>
                      onChange(
                        rules.filter((each) => each !== rule),
                        null,
                      )
                    }
                  >
                    <X aria-hidden />
                  </IconButton>
                }
              />
            </li>
          ))}
        </ol>
      )}
      {drafts && (
        <div className="rule-buttons">
          <Button onPress={() => add(drafts.value)}>
            <Plus aria-hidden /> Add rule
          </Button>
          <Button onPress={() => add(drafts.gradient)}>
            <TrendingUp aria-hidden /> Add gradient
          </Button>
        </div>
      )}
    </>
  );
}

function freeId(slice: string, rules: readonly Rule[]): string {
  for (let n = rules.length + 1; ; n++) {
    const id = `${slice}-${n}`;
    if (!rules.some((rule) => rule.id === id)) return id;
  }
}
