import { ArrowLeft, ArrowRight, GraduationCap } from 'lucide-react';
import type { Chapter } from '../../../methods/method.ts';
import { Button } from '../../kit/button.tsx';
import './lesson.css';

type LessonProps = {
  readonly lesson: readonly Chapter[];
  /** Which chapter is told; null while none is. */
  readonly at: number | null;
  readonly onTurn: (chapter: number | null) => void;
};

/** The method told page by page above the figure, which shows what the page is about. */
export function Lesson({ lesson, at, onTurn }: LessonProps) {
  if (at === null) {
    return (
      <Button look="quiet" onPress={() => onTurn(0)}>
        <GraduationCap aria-hidden /> Walk me through it
      </Button>
    );
  }
  const { title, text } = lesson[at];
  const isLast = at === lesson.length - 1;
  return (
    <section className="lesson" aria-label="Lesson">
      <div aria-live="polite">
        <h5>
          <span className="number faint">
            {at + 1} of {lesson.length}
          </span>{' '}
          {title}
        </h5>
        <p>{text}</p>
      </div>
      <p className="lesson-turn">
        <Button isDisabled={at === 0} onPress={() => onTurn(at - 1)}>
          <ArrowLeft aria-hidden /> Back
        </Button>
        {isLast ? (
          <Button onPress={() => onTurn(null)}>Done</Button>
        ) : (
          <Button onPress={() => onTurn(at + 1)}>
            Next <ArrowRight aria-hidden />
          </Button>
        )}
        {!isLast && (
          <Button look="quiet" onPress={() => onTurn(null)}>
            Leave
          </Button>
        )}
      </p>
    </section>
  );
}
