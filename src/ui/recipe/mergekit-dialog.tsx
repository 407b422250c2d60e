import { Check, Copy, Download } from 'lucide-react';
import { useState } from 'react';
import { saveFile } from '../../commands/save-file.ts';
import { takeSeries } from '../../commands/series.ts';
import type { Dialect } from '../../methods/dialect.ts';
import type { Remark, RemarkKind } from '../../recipe/mergekit/remarks.ts';
import { importSeries, readSeries, type Step } from '../../recipe/mergekit/series.ts';
import { importMergekit } from '../../recipe/mergekit/to-recipe.ts';
import {
  mergekitVersions,
  nameOfVersion,
  versionIn,
  withVersion,
} from '../../recipe/mergekit/version.ts';
import { exportMergekit, type Known } from '../../recipe/mergekit/write.ts';
import { exportSeries } from '../../recipe/mergekit/write-series.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type ModelsState, openModel, openRefs } from '../../stores/models.ts';
import { session, useModels, useRecipe, useView } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { SeriesGraph } from './series-graph.tsx';
import './peft-call.css';

/** A recipe of mergekit that becomes the recipe, and the recipe as one of mergekit. */
export default function MergekitDialog() {
  return (
    <Dialog title="mergekit recipe" size="wide" onClose={session.view.getState().close}>
      <div className="peft-call">
        <FromYaml />
        <ToYaml />
      </div>
    </Dialog>
  );
}

function FromYaml() {
  const offered = useView((state) => state.offeredText);
  const [text, setText] = useState(offered ?? '');
  const series = text.trim() === '' ? null : readSeries(text);
  return (
    <section>
      <h3>From YAML</h3>
      <p className="param-help">
        Paste a recipe of mergekit, or a model card with one in it. A .yaml file can be dropped on
        the page.
      </p>
      <textarea
        className="text-field"
        aria-label="Recipe of mergekit"
        rows={12}
        spellCheck={false}
        placeholder={
          'merge_method: ties\nbase_model: org/base\nmodels:\n  - model: org/math\n    parameters: {weight: 1, density: 0.5}'
        }
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {text.trim() !== '' && (
        <label className="small">
          Written for{' '}
          <select
            className="select-field"
            value={versionIn(text)}
            onChange={(event) => setText(withVersion(text, event.target.value as Dialect))}
          >
            {mergekitVersions.map((each) => (
              <option key={each} value={each}>
                {nameOfVersion(each)}
              </option>
            ))}
          </select>
        </label>
      )}
      {series && 'steps' in series && series.steps.length > 1 ? (
        <SeveralRecipes text={text} steps={series.steps} />
      ) : (
        <OneRecipe text={text} problem={series && 'problem' in series ? series.problem : null} />
      )}
    </section>
  );
}

type OneProps = { readonly text: string; readonly problem: string | null };

function OneRecipe({ text, problem }: OneProps) {
  const recipe = useRecipe((state) => state.recipe);
  const slots = useModels((state) => state.slots);
  const read = () => importMergekit(text, openRefs(slots), recipe);
  const made = problem !== null ? { problem } : text.trim() === '' ? null : read();
  const use = (imported: Recipe) => {
    session.recipe.getState().replace(imported);
    session.view.getState().close();
    session.view.getState().tell('The recipe of mergekit is in place.', true);
  };
  return (
    <>
      <div aria-live="polite">
        {made && 'problem' in made && <p className="small is-problem">{made.problem}</p>}
        {made && 'recipe' in made && <Remarks remarks={made.remarks} awaited={made.awaited} />}
      </div>
      <Button
        look="primary"
        isDisabled={made === null || 'problem' in made}
        onPress={() => made && 'recipe' in made && use(made.recipe)}
      >
        {made && 'recipe' in made && made.remarks.some(({ kind }) => kind === 'left out')
          ? 'Use without what is left out'
          : 'Use as the recipe'}
      </Button>
    </>
  );
}

type SeveralProps = { readonly text: string; readonly steps: readonly Step[] };

/** A result of one is a model of another: all are taken on, and merged in their order. */
function SeveralRecipes({ text, steps }: SeveralProps) {
  const recipe = useRecipe((state) => state.recipe);
  const slots = useModels((state) => state.slots);
  const { made, recipe: document } = importSeries(text, steps, openRefs(slots), recipe);
  const nameOf = (step: Step) => step.name ?? recipe.output.name;
  const leavesOut = made.some(
    (one) => 'recipe' in one && one.remarks.some(({ kind }) => kind === 'left out'),
  );
  const use = (document: Recipe) => {
    void takeSeries(session, document);
    session.view.getState().close();
    session.view.getState().tell(`${steps.length} recipes of mergekit are in place.`, true);
  };
  return (
    <>
      <SeriesGraph steps={steps} name={recipe.output.name} />
      <div aria-live="polite">
        {made.map((one, k) => {
          const isSilent = 'recipe' in one && one.remarks.length + one.awaited.length === 0;
          if (isSilent) return null;
          return (
            <div key={steps[k].document}>
              <h4>{nameOf(steps[k])}</h4>
              {'problem' in one ? (
                <p className="small is-problem">{one.problem}</p>
              ) : (
                <Remarks remarks={one.remarks} awaited={one.awaited} />
              )}
            </div>
          );
        })}
      </div>
      <Button
        look="primary"
        isDisabled={document === null}
        onPress={() => document && use(document)}
      >
        {leavesOut ? 'Use without what is left out' : `Use all ${steps.length} recipes`}
      </Button>
    </>
  );
}

const titles: readonly (readonly [RemarkKind, string])[] = [
  ['left out', 'Left out: mergekit’s result would be another'],
  ['refused', 'mergekit itself stops at'],
  ['ignored', 'Ignored, as mergekit does'],
  ['note', 'Good to know'],
];

type RemarksProps = { readonly remarks: readonly Remark[]; readonly awaited: readonly string[] };

function Remarks({ remarks, awaited }: RemarksProps) {
  return (
    <>
      {titles.map(([kind, title]) => {
        const own = remarks.filter((remark) => remark.kind === kind);
        if (own.length === 0) return null;
        return (
          <div key={kind}>
            <h4 className={kind === 'left out' ? 'is-problem' : ''}>{title}</h4>
            <ul className="small">
              {own.map(({ line, text }) => (
                <li key={`${line} ${text}`}>
                  Line {line}: {text}
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      {awaited.length > 0 && (
        <p className="small">
          Not open yet: {awaited.join(', ')}. Once the recipe is in place, drop them on the page or
          find them on the Hub.
        </p>
      )}
    </>
  );
}

function ToYaml() {
  const recipe = useRecipe((state) => state.recipe);
  const slots = useModels((state) => state.slots);
  const [copied, setCopied] = useState('');
  const { text, beyond, remarks } = recipe.series
    ? exportSeries(recipe, (step) => knownOf(step, slots))
    : exportMergekit(recipe, knownOf(recipe, slots));
  return (
    <section>
      <h3>{recipe.series ? 'These recipes as YAML' : 'This recipe as YAML'}</h3>
      {beyond.length > 0 && (
        <>
          <p className="small is-problem">
            {text === null
              ? 'mergekit cannot make it:'
              : 'mergekit makes something else of it, as it cannot say:'}
          </p>
          <ul className="small">
            {beyond.map((clause) => (
              <li key={clause}>{clause}</li>
            ))}
          </ul>
        </>
      )}
      {text !== null && (
        <>
          <pre className="call">{text}</pre>
          {remarks.map((remark) => (
            <p key={remark} className="small">
              {remark}
            </p>
          ))}
          <div className="share-row">
            <Button
              onPress={() => void navigator.clipboard.writeText(text).then(() => setCopied(text))}
            >
              {copied === text ? <Check aria-hidden /> : <Copy aria-hidden />}{' '}
              {copied === text ? 'Copied' : 'Copy'}
            </Button>
            <Button
              onPress={() =>
                saveFile(
                  `${recipe.output.name}.mergekit.yaml`,
                  new Blob([text], { type: 'application/yaml' }),
                )
              }
            >
              <Download aria-hidden /> Save
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

const mergekitDtypes = ['F32', 'F16', 'BF16'] as const;

function knownOf({ base, experts }: Recipe, slots: ModelsState['slots']): Known {
  const reference = base ?? experts[0]?.model;
  const dtype = reference ? openModel(slots, reference.id)?.dtype : undefined;
  const adapters = experts.flatMap(({ model: { id } }) =>
    openModel(slots, id)?.adapter ? [id] : [],
  );
  return {
    adapters: new Set(adapters),
    baseDtype: mergekitDtypes.find((each) => each === dtype) ?? null,
  };
}
