import { useEffect } from 'react';
import { dialsOf } from '../../recipe/dials.ts';
import { useModels, useRecipe, useScores } from '../../stores/use-session.ts';
import { DialSelect } from '../curves/dial-select.tsx';
import { NumberRow } from '../kit/number-row.tsx';
import { GridSweep } from './grid-sweep.tsx';
import { LineSweep } from './line-sweep.tsx';
import { grid } from './use-search.ts';
import { acrossOf, sweptDials, useSweep } from './use-sweep.ts';

/** No dial has this id. */
const nothing = 'nothing';

/** What the merge scores along one of its numbers, or two. */
export function SweepView() {
  const recipe = useRecipe((state) => state.recipe);
  const tasks = useScores((state) => state.tasks);
  const slots = useModels((state) => state.slots);
  const [choice, set] = useSweep();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept fits once tasks and models are there
  useEffect(() => grid.getState().restore(), [tasks, slots, recipe]);
  const dials = dialsOf(recipe);
  const [dial, second] = sweptDials(recipe, choice);
  if (dial === undefined) return <p className="empty">This method has no number to sweep.</p>;
  const isGrid = second !== undefined;
  const problem = [dial, ...(second ? [second] : [])]
    .filter((each) => {
      const [low, high] = acrossOf(recipe, each, choice);
      return !(low < high);
    })
    .map(({ label }) => `${label} has no room: its second end must be above its first.`)
    .join(' ');
  const ends = (each: typeof dial) => {
    const [low, high] = acrossOf(recipe, each, choice);
    const { min, max, step } = each.param;
    const change = (range: readonly [number, number]) =>
      set({ ranges: { ...choice.ranges, [each.id]: range } });
    return (
      <span className="search-bounds">
        <NumberRow
          label="from"
          name={`${each.label} from`}
          {...{ value: low, min, max, step }}
          onChange={(next) => change([next, high])}
        />
        <NumberRow
          label="to"
          name={`${each.label} to`}
          {...{ value: high, min, max, step }}
          onChange={(next) => change([low, next])}
        />
      </span>
    );
  };
  return (
    <>
      <div className="sweep-head">
        <div>
          <DialSelect
            label="Along"
            dials={dials}
            value={dial.id}
            onChange={(id) => set({ dial: id })}
          />
          {ends(dial)}
        </div>
        {dials.length > 1 && (
          <div>
            <DialSelect
              label="and"
              dials={dials.filter(({ id }) => id !== dial.id)}
              value={second?.id ?? nothing}
              others={[[nothing, 'no other number']]}
              onChange={(id) => set({ second: id === nothing ? null : id })}
            />
            {second && ends(second)}
          </div>
        )}
        <div>
          {isGrid ? (
            <>
              <NumberRow
                label="Points of each"
                {...{ value: choice.gridPoints, min: 2, max: 25, isWhole: true }}
                onChange={(next) => set({ gridPoints: next })}
              />
              <NumberRow
                label="Items of each task"
                {...{ value: choice.most, min: 1, max: 10_000, isWhole: true }}
                onChange={(next) => set({ most: next })}
              />
            </>
          ) : (
            <NumberRow
              label="Points"
              {...{ value: choice.points, min: 2, max: 101, isWhole: true }}
              onChange={(next) => set({ points: next })}
            />
          )}
        </div>
      </div>
      {problem && <p className="small is-bad">{problem}</p>}
      {second ? (
        <GridSweep {...{ recipe, choice, isReady: problem === '' }} dials={[dial, second]} />
      ) : (
        problem === '' && (
          <LineSweep
            key={`${dial.id} ${choice.points} ${acrossOf(recipe, dial, choice)}`}
            {...{ recipe, dial, across: acrossOf(recipe, dial, choice) }}
            count={choice.points}
          />
        )
      )}
    </>
  );
}
