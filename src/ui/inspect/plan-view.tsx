import type { Outlook } from '../../plan/outlook.ts';
import type { ModelRef } from '../../recipe/recipe.ts';
import { membersOf } from '../../recipe/series.ts';
import { savingOf } from '../../stores/device.ts';
import { outlookOf } from '../../stores/planning.ts';
import { session, useDevice, usePlanning, useRecipe } from '../../stores/use-session.ts';
import { FileTable } from '../kit/file-table.tsx';
import { bytes, counted, memory, parameters } from '../kit/format.ts';
import { Segmented } from '../kit/segmented.tsx';
import { LeftOutFiles } from './left-out.tsx';
import { NoPlan } from './no-plan.tsx';
import { ShareLine } from './share-line.tsx';
import './plan.css';

/** What a run will do, known before it starts. */
export default function PlanView() {
  const outlook = usePlanning(({ prospect }) => outlookOf(prospect));
  if (!outlook) return <NoPlan title="Plan" />;
  return (
    <div className="plan">
      <h3 className="view-title">Plan</h3>
      <p className="lead">Decided from the headers alone; no weight has been read.</p>
      <ShareLine share={outlook.share} />
      <Figures outlook={outlook} />
      <Saving outlook={outlook} />
      <OutputFiles outlook={outlook} />
      <LeftOutFiles files={outlook.leftOut} />
    </div>
  );
}

function Figures({ outlook }: { readonly outlook: Outlook }) {
  const budget = useDevice((state) => state.memoryBudget);
  const free = useDevice((state) => state.free);
  const { tensors, merged, copied, cast, elements } = outlook;
  const short = free !== null && free < outlook.bytesToWrite;
  return (
    <dl className="figures number">
      <Figure name="Tensors" value={tensors.toLocaleString('en')}>
        {merged} merged{copied > 0 && `, ${copied} copied`}
        {cast > 0 && `, ${cast} converted`}
      </Figure>
      <Figure name="To compute" value={parameters(elements)}>
        elements
      </Figure>
      <Figure name="To read" value={bytes(outlook.bytesToRead)}>
        {outlook.readsTwice ? 'the weights twice, for the whole-model trim' : 'the weights, once'}
      </Figure>
      <Figure name="To write" value={bytes(outlook.bytesToWrite)}>
        {counted(outlook.files.length + outlook.sideFiles.length, 'file')}
      </Figure>
      <Figure name="Peak memory" value={bytes(Math.min(outlook.peakBytes, budget))}>
        for tensors, within {memory(budget)}
      </Figure>
      <Figure name="Free space" value={free === null ? 'unknown' : bytes(free)} bad={short}>
        {short ? 'less than the output needs' : 'says the browser'}
      </Figure>
    </dl>
  );
}

type FigureProps = {
  readonly name: string;
  readonly value: string;
  readonly bad?: boolean;
  readonly children: React.ReactNode;
};

function Figure({ name, value, bad = false, children }: FigureProps) {
  return (
    <div className={`figure ${bad ? 'is-bad' : ''}`}>
      <dt>{name}</dt>
      <dd className="figure-value">{value}</dd>
      <dd className="figure-note">{children}</dd>
    </div>
  );
}

function Saving({ outlook }: { readonly outlook: Outlook }) {
  const canPick = useDevice((state) => state.canPickFolder);
  const way = useDevice(savingOf);
  const name = useRecipe((state) => state.recipe.output.name);
  return (
    <section className="saving">
      <h4>How it is saved</h4>
      {canPick && (
        <Segmented
          label="Save to"
          options={[
            { value: 'download', label: 'Private storage, then download' },
            { value: 'folder', label: 'A folder I pick' },
          ]}
          value={way}
          onChange={(next) => session.device.getState().setSaveWay(next)}
        />
      )}
      <p className="small">
        {way === 'folder'
          ? `Merge asks for a folder and writes ${name}/ in it as it goes, or ${name}-2/ when there is one already. Files get their names when they are complete and verified.`
          : `Written to the browser’s private storage as it goes and verified there; then you download it, as one zip or file by file. It stays there until you remove it; with the download that takes ${bytes(2 * outlook.bytesToWrite).replace(' ', '\u00a0')}.`}
        {!canPick && ' This browser has no folder picker.'}
      </p>
    </section>
  );
}

function OutputFiles({ outlook }: { readonly outlook: Outlook }) {
  const recipe = useRecipe((state) => state.recipe);
  const models = membersOf(recipe);
  return (
    <section>
      <h4>{recipe.output.name}/</h4>
      <FileTable
        about="From"
        files={[
          ...outlook.files.map(({ name, size, tensors }) => ({
            ...{ name, size },
            about: counted(tensors, 'tensor'),
          })),
          ...outlook.sideFiles.map(({ name, size, from }) => ({
            ...{ name, size },
            about: originOf(from, models),
          })),
        ]}
      />
    </section>
  );
}

function originOf(from: string | null, models: readonly ModelRef[]): string {
  if (from === null) return 'written';
  return `copied from ${models.find(({ id }) => id === from)?.name ?? 'a model'}`;
}
