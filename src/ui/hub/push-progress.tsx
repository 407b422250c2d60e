import type { Publishing } from '../../stores/hub.ts';

type Running = Extract<Publishing, { kind: 'running' }>;

const phases: Readonly<Record<Running['phase'], string>> = {
  creating: 'Making the repo…',
  preparing: 'Asking the Hub what it needs…',
  uploading: 'Uploading…',
  committing: 'Committing…',
  verifying: 'Comparing the commit with what is here…',
};

/** How far a push has come, file by file. */
export function PushProgress({ publishing }: { readonly publishing: Running }) {
  const parts = Object.entries(publishing.parts);
  return (
    <div className="push-progress" role="status">
      <p className="small">
        <strong>{publishing.cancelling ? 'Cancelling…' : phases[publishing.phase]}</strong>
      </p>
      <ul>
        {parts.map(([path, part]) => (
          <li key={path}>
            <code>{path}</code>
            <progress value={part} max={1} aria-label={path} />
            <span className="number tiny">{Math.round(100 * part)} %</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
