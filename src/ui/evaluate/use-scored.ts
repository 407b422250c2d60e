import { useShallow } from 'zustand/react/shallow';
import type { ScoresState } from '../../stores/scores.ts';
import { useScores } from '../../stores/use-session.ts';

/** Tasks and what is known of them. How far the asking has come is left out: it changes many times a second, and no score with it. */
export const useScored = () => useScores(useShallow(scoredIn));

const scoredIn = ({ tasks, extent, known, refused, score, setExtent }: ScoresState) => {
  return { tasks, extent, known, refused, score, setExtent };
};

export type ScoredState = ReturnType<typeof scoredIn>;
