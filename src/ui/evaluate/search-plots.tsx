import type { Step } from '../../evaluate/search/step.ts';
import type { Search } from '../../stores/search.ts';
import { Chart } from '../curves/chart.tsx';
import type { Range } from '../curves/curve.ts';
import { plain } from '../kit/format.ts';
import { averaged, unitOfSearch } from './search-words.ts';
import '../curves/curves.css';

/** The loss of every candidate and the best so far, and how far CMA-ES steps, as they go. */
export function SearchPlots({ search }: { readonly search: Search }) {
  const { plan, steps } = search;
  const isLine = plan.kind === 'line';
  const last = steps.at(-1)!;
  const xOf = ({ candidate }: Step, at: number) => (isLine ? candidate.values.t : at + 1);
  const pointsOf = (yOf: (step: Step) => number | undefined) =>
    steps.map((step, at) => {
      const y = yOf(step);
      return { x: xOf(step, at), y: y !== undefined && Number.isFinite(y) ? y : null };
    });
  const tried = {
    ...{ name: isLine ? 'Loss' : 'Tried', expert: 0, isDots: !isLine },
    points: pointsOf(({ result }) => result.objective),
  };
  const found = {
    ...{ name: 'Best so far', expert: 1 },
    points: pointsOf(({ best }) => best?.result.objective),
  };
  const across: Range = isLine ? [0, 1] : [1, Math.max(2, last.of ?? steps.length)];
  const still = { across, at: null, onDrag: () => {} };
  return (
    <div className="curves">
      <Chart
        {...still}
        kind={{
          title: 'Loss on the search half',
          help: isLine
            ? 'From the first model alone, at 0, to the second alone, at 1: a hill between them is a barrier.'
            : `Of each candidate, ${unitOfSearch(search)}${averaged(search)}: less is better. What lies above the picture stands on its upper edge.`,
          range: isLine ? null : rangeOf(steps),
          text: plain,
        }}
        curves={isLine ? [tried] : [tried, found]}
      />
      {last.run && (
        <Chart
          {...still}
          kind={{
            title: 'Step size',
            help: 'Of CMA-ES, as a share of each range: it grows while there is ground to gain, and shrinks towards the best.',
            range: null,
            text: plain,
          }}
          curves={[{ name: 'Step size', expert: 2, points: pointsOf(({ run }) => run?.sigma) }]}
        />
      )}
    </div>
  );
}

/** From below the best to where nine of ten lie: what fails badly would press the rest flat. */
function rangeOf(steps: readonly Step[]): Range {
  const known = steps
    .map(({ result }) => result.objective)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (known.length === 0) return [0, 1];
  const low = known[0];
  const high = known[Math.min(known.length - 1, Math.floor(0.9 * known.length))];
  const room = 0.08 * (high - low || Math.abs(low) || 1);
  return [low - room, high + room];
}
