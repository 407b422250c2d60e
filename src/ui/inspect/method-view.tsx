import { Suspense } from 'react';
import { formulaOf } from '../../methods/formulas.ts';
import { findMethod } from '../../methods/registry.ts';
import { useRecipe } from '../../stores/use-session.ts';
import { later } from '../kit/later.ts';
import { DemoScores } from './demo-scores.tsx';
import './method-view.css';

const WorkedFigure = later(async () => {
  const { WorkedFigure: figure } = await import('./worked/worked-figure.tsx');
  return { default: figure };
});

/** What the method does, in words, as a formula and on a few numbers; what is known about it. */
export function MethodView() {
  const method = findMethod(useRecipe((state) => state.recipe.method));
  if (!method) return <p className="empty">Choose a method on the right.</p>;
  return (
    <div className="method-view">
      <h3 className="view-title">{method.title}</h3>
      <p className="method-explanation">{method.explanation}</p>
      <Suspense fallback={<p className="loading figure-room">One moment…</p>}>
        <WorkedFigure method={method} />
      </Suspense>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: MathML made at build time from our own TeX */}
      <div className="formula" dangerouslySetInnerHTML={{ __html: formulaOf(method) }} />
      <section className="evidence">
        <h4>What is known</h4>
        <p>{method.evidence}</p>
        <ul className="papers">
          {method.papers.map(({ label, url }) => (
            <li key={url}>
              <a href={url} target="_blank" rel="noreferrer">
                {label}
              </a>
            </li>
          ))}
        </ul>
      </section>
      <DemoScores method={method} />
    </div>
  );
}
