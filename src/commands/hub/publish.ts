import { adviseLicence, type LicenceAdvice } from '../../hub/licences.ts';
import type { HubModel } from '../../hub/model.ts';
import type { PublishProgress } from '../../hub/publication.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { membersOf } from '../../recipe/series.ts';
import type { Saved } from '../../stores/run.ts';
import { failureOf, type Session } from '../../stores/session.ts';

export type PublishForm = {
  /** `owner/name`. */
  readonly repo: string;
  readonly create: boolean;
  readonly visibility: 'public' | 'private';
  readonly license: string | null;
  /** Commit message. */
  readonly title: string;
};

let current: AbortController | null = null;

/** Asks the push under way to stop; what it says in the end stands. */
export function abortPublishing({ hub }: Session): void {
  if (!current) return;
  hub.setState(({ publishing }) =>
    publishing.kind === 'running' ? { publishing: { ...publishing, cancelling: true } } : {},
  );
  current.abort();
}

/** What the licences of the parents ask of a merge. The demo family is MIT: its README.md. */
export function licenceAdvice(
  recipe: Recipe,
  facts: Readonly<Record<string, Pick<HubModel, 'licence'>>>,
): LicenceAdvice {
  const parents = membersOf(recipe).map(({ name, origin, hub }) => ({
    model: name,
    licence: origin === 'demo' ? 'mit' : ((hub && facts[hub.repo]?.licence) ?? null),
  }));
  return adviseLicence(parents);
}

/** Pushes the finished merge; whatever happens, the files here stay as they are. */
export async function publish(session: Session, form: PublishForm): Promise<void> {
  const { engine, hub, run } = session;
  const { saved, result } = run.getState();
  if (!saved || !result) return;
  current = new AbortController();
  const { signal } = current;
  const publishing = { kind: 'running', phase: 'preparing', parts: {}, cancelling: false } as const;
  hub.setState({ publishing });
  const sums = Object.fromEntries(result.verify.files.map(({ name, sha256 }) => [name, sha256]));
  const order = { ...form, sums, description: 'Merged with Amalgam.' };
  try {
    const onPublish = (progress: PublishProgress) => advance(session, progress);
    const published = await engine.publish(destinationOf(saved), order, { signal, onPublish });
    hub.setState({ publishing: { kind: 'done', published } });
  } catch (error) {
    const isCancelled = error instanceof DOMException && error.name === 'AbortError';
    hub.setState({
      publishing: isCancelled ? { kind: 'idle' } : { kind: 'failed', failure: failureOf(error) },
    });
  } finally {
    current = null;
  }
}

function advance({ hub, view }: Session, progress: PublishProgress): void {
  if (progress.kind === 'left-behind') {
    view.getState().tell(`An empty repo was left behind: ${progress.url}`);
    return;
  }
  hub.setState(({ publishing }) => {
    if (publishing.kind !== 'running') return {};
    return {
      publishing:
        progress.kind === 'phase'
          ? { ...publishing, phase: progress.phase }
          : { ...publishing, parts: { ...publishing.parts, [progress.path]: progress.part } },
    };
  });
}

function destinationOf(saved: Saved) {
  return saved.kind === 'opfs' ? saved : ({ kind: 'directory', handle: saved.handle } as const);
}
