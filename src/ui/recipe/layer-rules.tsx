import { ChartColumn, Lock, Plus, TrendingUp } from 'lucide-react';
import type { MergeMethod } from '../../methods/method.ts';
import { layoutFor } from '../../recipe/blocks.ts';
import { outlookOf } from '../../stores/planning.ts';
import { session, usePlanning, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { KeepEditor } from './keep-editor.tsx';
import { ListButtons } from './list-buttons.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { firstRules, numericParams } from './rule-params.ts';

/**
 * Rules that override a numeric parameter on some tensors, or let it run over the depth, and rules that
 * take tensors out of the merge.
 */
export function LayerRules({ method }: { readonly method: MergeMethod }) {
  const rules = useRecipe((state) => state.recipe.rules);
  const keeps = useRecipe((state) => state.recipe.keeps);
  const experts = useRecipe((state) => state.recipe.experts);
  const blocks = usePlanning(({ prospect }) => outlookOf(prospect)?.blocks);
  const edit = session.recipe.getState();
  const total = rules.length + keeps.length;
  const numeric = numericParams(method);
  const drafts = firstRules(numeric);
  // Before a plan is there, nobody knows what blocks there are.
  const layout = layoutFor(blocks ?? ['IN01']);
  const models = experts.map(({ model }) => model);
  return (
    <Disclosure title="Layer rules" summary={total === 0 ? 'none' : `${total}`} open={total > 0}>
      <p className="param-help">
        A rule sets a number on some tensors only. The first rule that matches wins; a gradient runs
        from the first layer to the last, block weights go block by block. A keep leaves tensors as
        one model has them.
      </p>
      <ol className="rules">
        {rules.map((rule, position) => (
          <li key={rule.id}>
            <RuleEditor
              rule={rule}
              name={`Rule ${position + 1}`}
              method={method}
              numeric={numeric}
              models={models}
              onChange={(next) => edit.changeItem('rules', rule.id, next)}
              buttons={
                <ListButtons
                  list="rules"
                  id={rule.id}
                  name={`Rule ${position + 1}`}
                  isFirst={position === 0}
                />
              }
            />
          </li>
        ))}
      </ol>
      {keeps.length > 0 && (
        <ol className="rules" aria-label="Kept tensors">
          {keeps.map((keep, position) => (
            <li key={keep.id}>
              <KeepEditor keep={keep} position={position} />
            </li>
          ))}
        </ol>
      )}
      <div className="rule-buttons">
        <Button
          isDisabled={!drafts}
          onPress={() => drafts && edit.addItems('rules', [drafts.value])}
        >
          <Plus aria-hidden /> Add rule
        </Button>
        <Button
          isDisabled={!drafts}
          onPress={() => drafts && edit.addItems('rules', [drafts.gradient])}
        >
          <TrendingUp aria-hidden /> Add gradient
        </Button>
        {numeric['weight'] && layout && (
          <Button
            onPress={() =>
              edit.addItems('rules', [
                {
                  filter: { kind: 'blocks' },
                  parameter: 'weight',
                  model: experts[0]?.model.id ?? null,
                  value: layout.slots.map(() => 1),
                },
              ])
            }
          >
            <ChartColumn aria-hidden /> Block weights
          </Button>
        )}
        <Button
          onPress={() =>
            edit.addItems('keeps', [
              {
                filter: { kind: 'misfit' },
                from: { kind: 'base' },
              },
            ])
          }
        >
          <Lock aria-hidden /> Keep tensors
        </Button>
      </div>
    </Disclosure>
  );
}
