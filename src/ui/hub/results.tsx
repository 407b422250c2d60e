import { Download, Heart, LoaderCircle, Lock } from 'lucide-react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { look } from '../../commands/hub/look.ts';
import { search, searchMore } from '../../commands/hub/search.ts';
import type { HubModel } from '../../hub/model.ts';
import { session, useHub } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { counted, parameters } from '../kit/format.ts';
import { Problem } from './problem.tsx';

/** The models that were found, with all that the Hub tells of them in a list. */
export function Results() {
  const models = useHub((state) => state.models);
  const status = useHub((state) => state.search);
  const next = useHub((state) => state.next);
  if (typeof status === 'object') {
    return <Problem failure={status} onRetry={() => void search(session, {}, 0)} />;
  }
  const busy = status === 'loading';
  return (
    <div className="hub-results" aria-busy={busy}>
      <p className="hub-count" role="status">
        {busy && <LoaderCircle aria-hidden className="spin" />}
        {busy ? 'Looking…' : countOf(models.length, next !== null)}
      </p>
      <ListBox
        aria-label="Models found"
        className={`hub-list ${busy ? 'is-stale' : ''}`}
        items={models}
        onAction={(repo) => void look(session, { repo: String(repo) })}
      >
        {(model) => <Row model={model} />}
      </ListBox>
      {next !== null && !busy && (
        <Button look="quiet" onPress={() => void searchMore(session)}>
          {status === 'loading more' ? 'Looking…' : 'More'}
        </Button>
      )}
    </div>
  );
}

function Row({ model }: { readonly model: HubModel }) {
  const shown = useHub((state) => state.looked?.repo === model.id);
  const facts = [
    model.parameters && `${parameters(model.parameters.total)} ${mainDtype(model)}`,
    model.architecture ?? model.modelType,
    model.task,
    model.licence,
    model.updated && `updated ${model.updated.slice(0, 10)}`,
  ];
  return (
    <ListBoxItem
      id={model.id}
      textValue={model.id}
      className={`hub-row ${shown ? 'is-shown' : ''}`}
    >
      <span className="hub-name">
        {model.id}
        {model.kind === 'adapter' && <span className="hub-badge">adapter</span>}
        {model.gated && (
          <span className="hub-badge">
            <Lock aria-hidden /> gated
          </span>
        )}
        {model.private && <span className="hub-badge">private</span>}
      </span>
      <span className="hub-facts">{facts.filter(Boolean).join(' · ')}</span>
      {model.baseModels.length > 0 && (
        <span className="hub-facts">made from {model.baseModels.join(', ')}</span>
      )}
      <span className="hub-liked number">
        <Download aria-hidden /> {short(model.downloads)} <Heart aria-hidden /> {short(model.likes)}
      </span>
    </ListBoxItem>
  );
}

function mainDtype({ parameters: known }: HubModel): string {
  const sorted = Object.entries(known?.byDtype ?? {}).sort((a, b) => b[1] - a[1]);
  return sorted[0]?.[0] ?? '';
}

function countOf(count: number, hasMore: boolean): string {
  if (count === 0) return 'Nothing found. Fewer letters find more.';
  return hasMore ? `The first ${count} models` : counted(count, 'model');
}

const short = (count: number) =>
  count.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
