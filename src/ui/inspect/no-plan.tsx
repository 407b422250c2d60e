import { session } from '../../stores/use-session.ts';

/** What a view of the plan shows while there is none. */
export function NoPlan({ title }: { readonly title: string }) {
  return (
    <>
      <h3 className="view-title">{title}</h3>
      <p className="empty">
        There is no plan yet.{' '}
        <button
          type="button"
          className="link"
          onClick={() => session.view.getState().showTab('checks')}
        >
          Checks
        </button>{' '}
        says what is missing.
      </p>
    </>
  );
}
