import { outlookOf } from '../../stores/planning.ts';
import { usePlanning } from '../../stores/use-session.ts';

/** Tensors beyond which a look, which reads them one by one, takes more than some seconds. */
const many = 5000;

/** What is shown while a first look goes on. */
export function Looking() {
  const tensors = usePlanning(({ prospect }) => outlookOf(prospect)?.tensors ?? 0);
  return (
    <p className="loading">
      {tensors > many
        ? `Looking at ${tensors.toLocaleString('en')} tensors, one by one: this takes minutes.`
        : 'Looking at the weights…'}
    </p>
  );
}
