import { saveFile } from '../../commands/save-file.ts';
import { csvOf, rowsOf } from '../../evaluate/search/rows.ts';
import type { Step } from '../../evaluate/search/step.ts';
import { barrierOf } from '../../evaluate/search/sweep.ts';
import { together } from '../../evaluate/statistics/together.ts';
import { gainOf, verdictOf } from '../../evaluate/tasks/compare.ts';
import { isHigherBetter } from '../../evaluate/tasks/task.ts';
import type { Judged, Search } from '../../stores/search.ts';
import { session } from '../../stores/use-session.ts';
import { Chart } from '../curves/chart.tsx';
import { Button } from '../kit/button.tsx';
import { plain } from '../kit/format.ts';
import { useSearch } from './use-search.ts';
import { worded } from './worded.ts';
import '../curves/curves.css';

/** What a search has found so far. */
export function Found() {
  const { search, isLooking } = useSearch();
  if (!search) return null;
  const { steps, plan, judged, ended } = search;
  const last = steps.at(-1);
  if (!last) return <p className="param-help">A search that was begun before can be resumed.</p>;
  const rows = () => rowsOf(steps);
  const saveCsv = () => saveFile('search.csv', new Blob([csvOf(rows())], { type: 'text/csv' }));
  const saveJson = () => {
    const text = JSON.stringify({ plan, rows: rows() }, null, 2);
    saveFile('search.json', new Blob([text], { type: 'application/json' }));
  };
  return (
    <>
      <p className="conflicts-verdict" role="status">
        {plan.kind === 'line' ? basin(search) : judged.length > 0 ? judgement(judged) : best(last)}
      </p>
      <Losses search={search} />
      {!isLooking && (
        <div className="evaluate-tools">
          {plan.kind !== 'line' && last.best && (
            <Button onPress={() => adopt(last)}>Use the best recipe</Button>
          )}
          <Button look="quiet" onPress={saveCsv}>
            CSV
          </Button>
          <Button look="quiet" onPress={saveJson}>
            JSON
          </Button>
        </div>
      )}
      {judged.length > 0 && <JudgedTable judged={judged} />}
      {typeof ended?.by === 'string' && <p className="param-help">It ended: {ended.by}</p>}
      {typeof ended?.by === 'object' && (
        <ol className="search-log">
          {ended.by.log.map(({ model, taken, why, before, after }) => (
            <li key={model}>
              {model}: {taken ? 'taken' : 'left out'}, {why} (
              {before === null ? '' : `${before.toFixed(4)} → `}
              {after.toFixed(4)} nats a token)
            </li>
          ))}
        </ol>
      )}
      {last.note && isLooking && <p className="param-help">{last.note}</p>}
    </>
  );
}

function Losses({ search: { plan, steps } }: { readonly search: Search }) {
  const isLine = plan.kind === 'line';
  const xOf = ({ candidate }: Step, at: number) => (isLine ? candidate.values.t : at + 1);
  const pointsOf = (yOf: (step: Step) => number | undefined) =>
    steps.map((step, at) => {
      const y = yOf(step);
      return { x: xOf(step, at), y: y !== undefined && Number.isFinite(y) ? y : null };
    });
  const tried = {
    name: isLine ? 'Loss' : 'Tried',
    expert: 0,
    points: pointsOf(({ result }) => result.objective),
  };
  const found = {
    name: 'Best so far',
    expert: 1,
    points: pointsOf(({ best }) => best?.result.objective),
  };
  return (
    <div className="curves">
      <Chart
        kind={{
          title: 'Loss on the search half',
          help: isLine
            ? 'From the first model alone, at 0, to the second alone, at 1: a hill between them is a barrier.'
            : 'Of each candidate, in nats a token, as a mean over tasks: less is better.',
          range: null,
          text: (value) => plain(value),
        }}
        curves={isLine ? [tried] : [tried, found]}
        across={isLine ? [0, 1] : [1, Math.max(2, steps.at(-1)?.of ?? steps.length)]}
        at={null}
        onDrag={() => {}}
      />
    </div>
  );
}

function JudgedTable({ judged }: { readonly judged: readonly Judged[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="delta-scroll" tabIndex={0} aria-label="On the held-out half">
      <table className="delta-table number">
        <thead>
          <tr>
            <th scope="col">Held-out half</th>
            <th scope="col">Begun from</th>
            <th scope="col">Best found</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {judged.map(({ task, before, after }) => (
            <tr key={task.id}>
              <th scope="row">{task.title}</th>
              <td>{worded(task.kind, before.mean ?? Number.NaN)}</td>
              <td>{worded(task.kind, after.mean ?? Number.NaN)}</td>
              <td>{verdictOf(gainOf(task, after, before))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function best({ best: found, done }: Step): string {
  if (!found) return `None of ${done} candidates could be scored.`;
  return `Of ${done} tried, the best loses ${found.result.objective.toFixed(4)} nats a token on the search half.`;
}

/** A gain is called one only where the interval of paired items leaves 0 out. */
export function judgement(judged: readonly Judged[]): string {
  const shares = judged.filter(({ task }) => isHigherBetter(task.kind));
  const of = shares.length > 0 ? shares : judged;
  const gain = together(of.map(({ task, before, after }) => gainOf(task, after, before)));
  if (gain === null) return 'Nothing is judged.';
  const show = (value: number) => (shares.length > 0 ? (100 * value).toFixed(1) : value.toFixed(3));
  const unit = shares.length > 0 ? 'points of the score' : 'nats a token';
  const told = `${show(gain.value)} ${unit} on average (95 %: ${show(gain.low)} to ${show(gain.high)})`;
  const verdict = verdictOf(gain);
  if (verdict === 'not told apart') {
    return `On the held-out half the best cannot be told apart from the recipe it began from: ${told}.`;
  }
  return `On the held-out half the best is ${verdict} than the recipe it began from: ${told}.`;
}

function basin({ steps, plan, ended }: Search): string {
  if (plan.kind !== 'line' || !ended) return 'Is there a hill between the two models?';
  const barrier = barrierOf(
    steps.map(({ candidate, result }) => ({ t: candidate.values.t, loss: result.objective })),
  );
  if (!barrier)
    return 'A point of the line could not be scored, so nothing can be said of a barrier.';
  return barrier.height === 0
    ? 'No barrier: the loss nowhere rises above the straight line between the two models.'
    : `The barrier is ${barrier.height.toFixed(4)} nats a token, at ${Math.round(100 * barrier.t)} % of the way: the higher it is, the less the two lie in one basin.`;
}

/** One step of undo. */
function adopt({ best: found }: Step): void {
  if (!found) return;
  session.recipe.getState().replace(found.candidate.recipe);
  session.view.getState().tell('The recipe is the best that was found.', true);
}
