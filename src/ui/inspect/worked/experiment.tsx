import { Shuffle } from 'lucide-react';
import { type ArithmeticKey, arithmeticWords } from '../../../methods/dialect.ts';
import type { MergeMethod } from '../../../methods/method.ts';
import { session } from '../../../stores/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { counted } from '../../kit/format.ts';
import { NumberSlider } from '../../kit/number-slider.tsx';
import { type Cast, nothingTried, type Tried } from './cast.ts';

/** Choices that make no difference to what is seen here: rounding, and tensors of few elements. */
const unseen: readonly ArithmeticKey[] = ['work', 'smallTrim'];

type ExperimentProps = {
  readonly cast: Cast;
  readonly tried: Tried;
  /** Elements whose result is another than as the recipe says. */
  readonly differing: number;
  readonly onTry: (tried: Tried) => void;
};

/** What papers and tools disagree on, and what is left to chance, to be tried here without changing the recipe. */
export function Experiment({ cast, tried, differing, onTry }: ExperimentProps) {
  const { method, arithmetic, global } = cast;
  const keys = method.choices.filter((key) => !unseen.includes(key));
  const chances = Object.entries(method.params.global);
  const seeds = chances.filter(([, param]) => param.kind === 'seed');
  const isTrying = isAnything(tried);
  if (keys.length === 0 && seeds.length === 0) return null;
  const set = (key: string, value: number) =>
    onTry({ ...tried, values: { ...tried.values, [key]: value } });
  return (
    <section className="experiment" aria-label="Try it another way">
      <h5>Try it another way</h5>
      <div className="experiment-switches">
        {keys.map((key) => (
          <label key={key} title={arithmeticWords[key].help}>
            {arithmeticWords[key].label}
            <select
              className="select-field"
              value={arithmetic[key]}
              onChange={(event) =>
                onTry({
                  ...tried,
                  arithmetic: { ...tried.arithmetic, [key]: event.target.value },
                })
              }
            >
              {Object.entries(arithmeticWords[key].choices).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
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
          <Button onPress={() => adopt(method, tried, onTry)}>Use in the recipe</Button>
          <Button look="quiet" onPress={() => onTry(nothingTried)}>
            Back to the recipe
          </Button>
        </p>
      )}
    </section>
  );
}

export function isAnything({ arithmetic, values }: Tried): boolean {
  return Object.keys(arithmetic).length + Object.keys(values).length > 0;
}

/** One step of the history. */
function adopt(method: MergeMethod, tried: Tried, onTry: (tried: Tried) => void): void {
  const { recipe, replace } = session.recipe.getState();
  if (recipe.method !== method.id) return;
  replace({
    ...recipe,
    arithmetic: { ...recipe.arithmetic, ...tried.arithmetic },
    values: { ...recipe.values, ...tried.values },
  });
  onTry(nothingTried);
}
