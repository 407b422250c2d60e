import { FilePlus2, FolderOpen, Plus, Search, Sparkles } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { browseHub } from '../../commands/hub/browse.ts';
import { pickFiles } from '../../commands/pick-files.ts';
import { pickFolder } from '../../commands/pick-folder.ts';
import { restartDemo, restartDemoAdapters } from '../../commands/restart-demo.ts';
import { findMethod } from '../../methods/registry.ts';
import { membersOf } from '../../recipe/series.ts';
import { type DemoState, openRefs } from '../../stores/models.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { bytes } from '../kit/format.ts';
import { type Item, Menu, type Section } from '../kit/menu.tsx';
import { BaseCard } from './base-card.tsx';
import { ExpertCard } from './expert-card.tsx';
import { Refused } from './refused.tsx';
import { Reopen } from './reopen.tsx';
import './models.css';

/** Reads YAML, and is loaded with it. */
const SeriesPanel = lazy(() => import('../recipe/series-panel.tsx'));

/** The recipe as cards: the base, the experts, and how to add more. */
export function RecipeRail() {
  const base = useRecipe((state) => state.recipe.base);
  const experts = useRecipe((state) => state.recipe.experts);
  const method = findMethod(useRecipe((state) => state.recipe.method));
  const demo = useModels((state) => state.demo);
  const hasSeries = useRecipe((state) => state.recipe.series !== null);
  const isEmpty = !base && experts.length === 0;
  return (
    <div className="rail">
      <Refused />
      <Reopen />
      {hasSeries && (
        <Suspense fallback={null}>
          <SeriesPanel />
        </Suspense>
      )}
      {isEmpty ? (
        <EmptyRail demo={demo} />
      ) : (
        <>
          <h3 className="rail-title">Base</h3>
          <BaseCard base={base} need={method?.arity.base ?? 'required'} />
          <h3 className="rail-title">
            Experts <span className="rail-count">{experts.length}</span>
          </h3>
          <ul className="rail-list" aria-label="Experts">
            {experts.map((expert, position) => (
              <li key={expert.model.id}>
                <ExpertCard
                  expert={expert}
                  isFirst={position === 0}
                  isLast={position === experts.length - 1}
                />
              </li>
            ))}
          </ul>
          <AddExpert />
        </>
      )}
      <p className="rail-foot">Drop files or folders anywhere. Nothing leaves this machine.</p>
    </div>
  );
}

function AddExpert() {
  const slots = useModels((state) => state.slots);
  const recipe = useRecipe((state) => state.recipe);
  const used = new Set(membersOf(recipe).map((ref) => ref.id));
  const unused: Item[] = openRefs(slots)
    .filter(({ id }) => !used.has(id))
    .map((ref) => ({
      id: ref.id,
      label: ref.name,
      note: bytes(ref.bytes),
      run: () => session.recipe.getState().addExpert(ref),
    }));
  const sections: Section[] = [
    ...(unused.length > 0 ? [{ title: 'Open, not in the recipe', items: unused }] : []),
    {
      title: 'From the Hub',
      items: [
        {
          id: 'hub',
          label: 'Find on Hugging Face…',
          note: 'only what a merge needs is read',
          icon: <Search aria-hidden />,
          run: () => void browseHub.run(session),
        },
      ],
    },
    {
      title: 'From this computer',
      items: [
        {
          id: 'files',
          label: 'Files…',
          note: 'models or adapters, with index and config if there are any',
          icon: <FilePlus2 aria-hidden />,
          run: () => void pickFiles.run(session),
        },
        {
          id: 'folder',
          label: 'A folder…',
          note: 'as saved by transformers, PEFT or diffusers',
          icon: <FolderOpen aria-hidden />,
          run: () => void pickFolder.run(session),
        },
      ],
    },
    {
      title: 'Start over',
      items: [
        {
          id: 'demo',
          label: 'The demo family',
          note: 'a tiny base and three experts',
          icon: <Sparkles aria-hidden />,
          run: () => void restartDemo.run(session),
        },
        {
          id: 'demo-adapters',
          label: 'The demo’s adapters',
          note: 'the same base and three LoRA adapters',
          icon: <Sparkles aria-hidden />,
          run: () => void restartDemoAdapters.run(session),
        },
      ],
    },
  ];
  return (
    <Menu
      label="Add expert"
      sections={sections}
      trigger={
        <Button className="add-expert">
          <Plus aria-hidden /> Add expert
        </Button>
      }
    />
  );
}

function EmptyRail({ demo }: { readonly demo: DemoState }) {
  if (demo.kind === 'loading') {
    return (
      <div aria-busy="true" className="rail-empty">
        <p>Opening the demo family…</p>
        {[0, 1, 2, 3].map((n) => (
          <div key={n} className="card skeleton" />
        ))}
      </div>
    );
  }
  return (
    <div className="rail-empty">
      {demo.kind === 'failed' && (
        <p className="card-problem" role="alert">
          {demo.failure.message} {demo.failure.advice}
        </p>
      )}
      <p>No models yet. Drop models or LoRA adapters anywhere, as folders or files, or choose:</p>
      <Button look="primary" onPress={() => void restartDemo.run(session)}>
        <Sparkles aria-hidden /> The demo family
      </Button>
      <Button onPress={() => void browseHub.run(session)}>
        <Search aria-hidden /> Find on Hugging Face…
      </Button>
      <Button onPress={() => void pickFolder.run(session)}>
        <FolderOpen aria-hidden /> A folder…
      </Button>
      <Button onPress={() => void pickFiles.run(session)}>
        <FilePlus2 aria-hidden /> Files…
      </Button>
    </div>
  );
}
