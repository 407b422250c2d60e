import { session, useConflicts, useSight, useView } from '../../stores/use-session.ts';
import type { Pooling } from '../../stores/view.ts';
import type { Close } from '../../views/close.ts';
import { Segmented } from '../kit/segmented.tsx';
import { BetweenModels } from './between-models.tsx';
import { Crumbs } from './crumbs.tsx';
import { csvOfTiles } from './csv.ts';
import { tensorSheet } from './files/pictures.ts';
import { SaveButtons } from './files/save-buttons.tsx';
import { percent } from './metrics.ts';
import { TilePicture } from './tile-picture.tsx';
import { TilesTable } from './tiles-table.tsx';
import { ToFetch } from './to-fetch.tsx';
import { useRevealed } from './use-revealed.ts';
import './close-up.css';

/** Models whose matrix finds room beside the picture. */
const mostBeside = 8;

const poolings: readonly { readonly value: Pooling; readonly label: string }[] = [
  { value: 'mean', label: 'Mean' },
  { value: 'most', label: 'Worst element' },
];

/** The tensor in focus as tiles, and who is overruled in it. */
export function CloseUp() {
  const { focus, close, toFetch, failure } = useConflicts((state) => state);
  const section = useRevealed<HTMLElement>(close && focus.tensor);
  if (focus.tensor === null) return null;
  const isReading = close === null && toFetch.close === 0 && failure === null;
  return (
    <section ref={section} className="revealed" aria-label={`Tensor ${focus.tensor}`}>
      <Crumbs />
      {toFetch.close > 0 && <ToFetch bytes={toFetch.close} what="All of this tensor" of="close" />}
      {isReading && <p className="loading">Reading the tensor…</p>}
      {close && (
        <div className={`close-up ${close.models.length > mostBeside ? 'is-many' : ''}`}>
          <Picture close={close} />
          <Facts close={close} />
        </div>
      )}
    </section>
  );
}

function Picture({ close }: { readonly close: Close }) {
  const pooling = useView((state) => state.pooling);
  const { sight, detail } = useSight((state) => state);
  return (
    <div>
      <div className="close-up-head">
        <Segmented
          label="Tiles show"
          options={poolings}
          value={pooling}
          onChange={(pooling) => session.view.getState().lookAt({ pooling })}
        />
        <SaveButtons
          name={[close.tensor, pooling === 'mean' ? 'cancellation' : 'worst']}
          of="Tiles"
          csv={() => csvOfTiles(close)}
          png={(from) => tensorSheet(from, close, pooling, sight, detail)}
        />
      </div>
      <TilePicture key={close.tensor} close={close} pooling={pooling} />
      <p className="param-help">{stripsText(close)}</p>
      <TilesTable close={close} />
    </div>
  );
}

/** What the strips beside the picture are. */
function stripsText({ tiling: { height, width } }: Close): string {
  const each = (count: number, noun: string) =>
    count === 1 ? `each ${noun}` : `each ${count} ${noun}s`;
  return `The strips beside it show how much cancels in ${each(height, 'row')} and ${each(width, 'column')}, counted over every element: a head or a channel that fights stands out.`;
}

function Facts({ close }: { readonly close: Close }) {
  const { stats, shape } = close;
  return (
    <div className="close-up-facts">
      <p className="number small">
        {shape.join(' × ')}: {percent(stats.conflictRate)} of the shared elements conflict, those
        that two models or more change; {percent(stats.cancellation)} of what the models want
        cancels. Every element was read.
      </p>
      <BetweenModels {...close} />
    </div>
  );
}
