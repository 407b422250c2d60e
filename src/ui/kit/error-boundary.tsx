import { Component, type ReactNode } from 'react';
import './error-boundary.css';

type Props = {
  /** What to call the part that broke: "This view". */
  readonly part: string;
  readonly children: ReactNode;
};
type State = { readonly error: Error | null };

/** A fault of ours must not leave a blank page: the recipe is kept, so a reload brings it back. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="broken" role="alert">
        <h2>{this.props.part} is broken</h2>
        <p>That is our fault, not yours. Your recipe is kept; reload the page to go on.</p>
        <pre>{error.message}</pre>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    );
  }
}
