import type { PublishProgress } from '../../hub/publish.ts';
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

export const abortPublishing = (): void => current?.abort();

/** Pushes the finished merge; whatever happens, the files here stay as they are. */
export async function publish(session: Session, form: PublishForm): Promise<void> {
  const { engine, hub, run } = session;
  const { saved, result } = run.getState();
  if (!saved || !result) return;
  current = new AbortController();
  const { signal } = current;
  hub.setState({ publishing: { kind: 'running', phase: 'preparing', parts: {} } });
  const sums = Object.fromEntries(result.verify.files.map(({ name, sha256 }) => [name, sha256]));
  const order = { ...form, sums, description: 'Merged with Amalgam.' };
  try {
    const onPublish = (progress: PublishProgress) => advance(session, progress);
    const published = await engine.publish(destinationOf(saved), order, { signal, onPublish });
    hub.setState({ publishing: { kind: 'done', published } });
  } catch (error) {
    const failure = failureOf(error);
    hub.setState({ publishing: signal.aborted ? { kind: 'idle' } : { kind: 'failed', failure } });
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
