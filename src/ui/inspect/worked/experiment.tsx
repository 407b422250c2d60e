import { Shuffle } from 'lucide-react';
import type { MergeMethod } from '../../../methods/method.ts';
import { session } from '../../../stores/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { counted } from '../../kit/format.ts';
import { NumberSlider } from '../../kit/number-slider.tsx';
import { type Cast, nothingTried, type Tried } from './cast.ts';
import { switchesOf } from './switches.ts';
import './experiment.css';

type ExperimentProps = {
  readonly cast: Cast;
  readonly tried: Tried;
  /** Whether the models are those of a lesson, and not of the recipe. */
  readonly isInvented: boolean;
  /** Elements whose result is another than as the recipe says. */
  readonly differing: number;
  readonly onTry: (tried: Tried) => void;
};

/** What papers and tools disagree on, and what is left to chance, to be tried here without changing the recipe. */
export function Experiment({ cast, tried, isInvented, differing, onTry }: ExperimentProps) {
  const { method, global } = cast;
  const switches = switchesOf(cast, tried);
  const chances = Object.entries(method.params.global);
  const seeds = chances.filter(([, param]) => param.kind === 'seed');
  const isTrying = isAnything(tried);
  if (switches.length === 0 && seeds.length === 0) return null;
  const set = (key: string, value: number) =>
    onTry({ ...tried, values: { ...tried.values, [key]: value } });
  return (
    <section className="experiment" aria-label="Try it another way">
      <h5>Try it another way</h5>
      <div className="experiment-switches">
        {switches.map(({ key, label, help, value, options, choose }) => (
          <label key={key} title={help}>
            {label}
            <select
              className="select-field"
              value={value}
              onChange={(event) => onTry(choose(event.target.value))}
            >
              {options.map(([each, name]) => (
                <option key={each} value={each}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        ))}
        {chances.map(([key, param]) =>
          param.kind === 'number' && param.integer && seeds.length > 0 ? (
            <NumberSlider
              key={key}
              label={`number of ${param.label}`}
              value={Number(global[key])}
              initial={param.default}
              min={param.min}
              max={param.max}
              soft={param.soft ?? [param.min, param.max]}
              step={param.step}
              onChange={(value) => set(key, value)}
            />
          ) : null,
        )}
        {seeds.map(([key]) => (
          <Button key={key} onPress={() => set(key, (Number(global[key]) + 1) % 2 ** 32)}>
            <Shuffle aria-hidden /> Redraw
          </Button>
        ))}
      </div>
      {isTrying && (
        <p className="experiment-verdict" role="status">
          {differing === 0
            ? 'It makes no difference to these elements.'
            : `${counted(differing, 'element')} ${differing === 1 ? 'comes' : 'come'} out differently.`}{' '}
          {!isInvented && (
            <Button onPress={() => adopt(method, tried, onTry)}>Use in the recipe</Button>
          )}
          <Button look="quiet" onPress={() => onTry(nothingTried)}>
            {isInvented ? 'Back' : 'Back to the recipe'}
          </Button>
        </p>
      )}
    </section>
  );
}

export function isAnything({ arithmetic, values, trimScope }: Tried): boolean {
  const changed = Object.keys(arithmetic).length + Object.keys(values).length;
  return changed > 0 || trimScope !== undefined;
}

/** One step of the history. */
function adopt(method: MergeMethod, tried: Tried, onTry: (tried: Tried) => void): void {
  const { recipe, replace } = session.recipe.getState();
  if (recipe.method !== method.id) return;
  replace({
    ...recipe,
    arithmetic: { ...recipe.arithmetic, ...tried.arithmetic },
    values: { ...recipe.values, ...tried.values },
    trimScope: tried.trimScope ?? recipe.trimScope,
  });
  onTry(nothingTried);
}
