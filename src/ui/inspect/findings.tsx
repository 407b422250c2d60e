import { CircleX, Info, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { applyFix } from '../../commands/apply-fix.ts';
import type { Finding } from '../../plan/types.ts';
import { membersOf } from '../../recipe/series.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { counted } from '../kit/format.ts';
import { LongList } from '../kit/long-list.tsx';
import './findings.css';

const icons = { error: CircleX, warning: TriangleAlert, note: Info } as const;

export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className="findings">
      {findings.map((finding) => (
        <li key={`${finding.code} ${finding.message}`} className={`finding is-${finding.severity}`}>
          <FindingCard finding={finding} />
        </li>
      ))}
    </ul>
  );
}

function FindingCard({ finding }: { readonly finding: Finding }) {
  const { severity, message, advice, fixes = [], tensors } = finding;
  const Icon = icons[severity];
  return (
    <>
      <Icon aria-hidden className="finding-icon" />
      <div className="finding-text">
        <p className="finding-kind">
          {severity}
          <Place finding={finding} />
        </p>
        <p className="finding-message">{message}</p>
        <p className="finding-advice">{advice}</p>
        {tensors && tensors.length > 1 && <Tensors finding={finding} />}
        {fixes.length > 0 && (
          <div className="finding-fixes">
            {fixes.map((fix) => (
              <Button key={fix.label} onPress={() => applyFix(session, fix)}>
                {fix.label}
              </Button>
            ))}
          </div>
        )}
      </div>
    </>
  );
}

/** Listed only once they are asked for: there may be thousands. */
function Tensors({ finding }: { readonly finding: Finding }) {
  const { tensors: first = [], moreTensors = 0 } = finding;
  const [isOpen, setOpen] = useState(false);
  const [names, setNames] = useState(first);
  const words = counted(first.length + moreTensors, 'tensor');
  useEffect(() => {
    if (!isOpen) return;
    let gone = false;
    const show = (all: readonly string[]) => !gone && setNames(all);
    session.planning
      .getState()
      .namesOf(finding)
      .then(show, () => {}); // the first ones stay
    return () => {
      gone = true;
    };
  }, [isOpen, finding]);
  return (
    <details className="finding-tensors" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words}</summary>
      {isOpen && (
        <LongList items={names} label={words} keyOf={(name) => name}>
          {(name) => <code>{name}</code>}
        </LongList>
      )}
    </details>
  );
}

function Place({ finding: { place } }: { readonly finding: Finding }) {
  const recipe = useRecipe((state) => state.recipe);
  const model = membersOf(recipe).find(({ id }) => id === place.model)?.name ?? place.model;
  const parts = [model, place.tensor, place.parameter].filter((part) => part !== undefined);
  return parts.map((part) => (
    <span key={part} className="finding-place">
      {part}
    </span>
  ));
}
