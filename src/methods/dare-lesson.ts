/** Random dropping told on two models, as both methods do it that draw. */
import type { Chapter } from './method.ts';

const two = {
  changes: [
    [0.3, -0.1, 0.2, -0.3, 0.1, 0.2, -0.2, 0.3],
    [-0.2, 0.3, -0.1, -0.2, 0.2, 0.1, 0.3, -0.1],
  ],
  perModel: { density: 0.5 },
};

export const lesson: readonly Chapter[] = [
  {
    ...two,
    title: 'Changes say the same many times',
    text: 'Fine-tuning spreads what it learns over many small changes, so that many can be dropped. DARE drops at random, whatever their size: a trim would keep the loud ones.',
    shows: 'changes',
  },
  {
    ...two,
    title: 'Draw',
    text: 'At density 0.5 each change is kept or dropped by the toss of a coin, for each model on its own. Redraw below tosses again; the seed makes it the same on every machine.',
    shows: 'drawn',
  },
  {
    ...two,
    title: 'Make up for it',
    text: 'What is kept is divided by the density, here doubled, so that over many tosses each change counts as before. Fewer elements are wanted by both models, and so fewer fight.',
    shows: 'left',
  },
  {
    ...two,
    global: { draws: 20 },
    title: 'Average many draws',
    text: 'The mean of 20 draws is close to the changes themselves: the noise goes, and so does the sparsity. In the limit nothing was dropped. Try other numbers of draws below.',
    shows: 'left',
  },
  {
    title: 'Your own weights',
    text: 'The same steps with the settings of the recipe, on the elements where your models pull against each other the most. Without models open it is the example.',
    shows: 'result',
  },
];
