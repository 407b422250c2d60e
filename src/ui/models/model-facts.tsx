import { AlertTriangle, LoaderCircle } from 'lucide-react';
import { open as openAgain } from '../../commands/hub/add.ts';
import type { AdapterFacts } from '../../formats/model-facts.ts';
import type { ModelRef } from '../../recipe/recipe.ts';
import { session, useModels } from '../../stores/use-session.ts';
import { bytes, counted, parameters } from '../kit/format.ts';

/** One line of facts under a model's name, or what stands in the way of them. */
export function ModelFacts({ model }: { readonly model: ModelRef }) {
  const slot = useModels((state) => state.slots[model.id]);
  if (!slot && model.origin === 'result')
    return <p className="card-facts">Made by the recipe {model.name}.</p>;
  if (!slot && model.hub) return <p className="card-facts">Waiting for the Hub…</p>;
  if (!slot) {
    return (
      <p className="card-problem">
        <AlertTriangle aria-hidden /> Not open. Drop “{model.name}”
        {model.bytes > 0 && ` (${bytes(model.bytes)})`} anywhere
        {model.bytes === 0 && ', or find it on the Hub'}.
      </p>
    );
  }
  if (slot.status.kind === 'opening') {
    return (
      <p className="card-facts">
        <LoaderCircle aria-hidden className="spin" /> Reading the header…
      </p>
    );
  }
  if (slot.status.kind === 'failed') {
    return (
      <p className="card-problem" role="alert">
        <AlertTriangle aria-hidden />
        <span>
          {slot.status.failure.message}{' '}
          {slot.status.failure.link && (
            <a href={slot.status.failure.link} target="_blank" rel="noreferrer">
              Open its page
            </a>
          )}
          {model.hub && (
            <button type="button" className="link" onClick={() => void openAgain(session, model)}>
              Try again
            </button>
          )}
        </span>
      </p>
    );
  }
  const open = slot.status.model;
  if (open.adapter) return <AdapterLine adapter={open.adapter} size={slot.bytes} />;
  const files = open.files.length;
  return (
    <p className="card-facts number">
      <span>{parameters(open.elements)} params</span>
      <span>{open.dtype}</span>
      <span>{bytes(slot.bytes)}</span>
      {model.hub && <span>at {model.hub.commit.slice(0, 7)}</span>}
      <span>safetensors{files > 1 && `, ${counted(files, 'shard')}`}</span>
    </p>
  );
}

type AdapterLineProps = { readonly adapter: AdapterFacts; readonly size: number };

function AdapterLine({ adapter, size }: AdapterLineProps) {
  const { types, ranks, updates, dialect } = adapter;
  const [least, most] = ranks ?? [null, null];
  return (
    <p className="card-facts number">
      <span>{types.join(', ')} adapter</span>
      {least !== null && <span>rank {least === most ? least : `${least}–${most}`}</span>}
      <span>{counted(updates, 'update')}</span>
      <span>{bytes(size)}</span>
      <span>{dialect}</span>
    </p>
  );
}
