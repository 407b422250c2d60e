import { session, useView } from '../stores/use-session.ts';
import { panes } from '../stores/view.ts';

const names = { recipe: '1 Recipe', view: '2 View', settings: '3 Method' } as const;

/** The strip that reaches the regions on a narrow screen. */
export function PaneTabs() {
  const pane = useView((state) => state.pane);
  return (
    <nav className="pane-tabs" aria-label="Regions">
      {panes.map((name) => (
        <a
          key={name}
          href={`#${name}`}
          aria-current={name === pane ? 'true' : undefined}
          onClick={(event) => {
            event.preventDefault();
            session.view.getState().showPane(name);
          }}
        >
          {names[name]}
        </a>
      ))}
    </nav>
  );
}
