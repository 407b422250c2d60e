/** TIES told on two examples: one that trimming alone settles, one that needs the election; then the reader's own weights. */
import type { Chapter } from '../method.ts';

/** After a trim to two of five no element has two voters. */
const two = {
  changes: [
    [0.3, -0.1, 0.05, -0.5, 0.02],
    [-0.05, 0.4, -0.3, 0.2, 0.01],
  ],
  perModel: { density: 0.4 },
};

/** A conflict, one loud value against two quiet ones, a tie of heads, a pair to average, and one that all trim. */
const three = {
  changes: [
    [0.5, 0.3, -0.05, -0.6, 0.01],
    [0.1, -0.7, 0.4, 0.55, 0.02],
    [-0.4, 0.35, -0.2, -0.45, 0.03],
  ],
  perModel: { density: 0.6 },
};

export const lesson: readonly Chapter[] = [
  {
    ...two,
    title: 'Two models, five elements',
    text: 'Each bar is how far a model moved one element from the base. At the first four elements the two pull against each other; a plain sum would leave −0.30 of A’s −0.50 at element 4.',
    shows: 'changes',
    element: 3,
  },
  {
    ...two,
    title: 'Trim',
    text: 'Density 0.4 keeps the two largest of the five changes of each model. What is small is taken for noise and set to zero. B’s +0.20 at element 4 goes.',
    shows: 'left',
    element: 3,
  },
  {
    ...two,
    title: 'Nothing left to settle',
    text: 'No element has two voters now, so each survivor wins its vote and is the mean of itself: −0.50 at element 4. Trimming alone did it. Drag B’s bar at element 4 above +0.40 to bring a fight back.',
    shows: 'result',
    element: 3,
  },
  {
    ...three,
    title: 'Three models that fight',
    text: 'Density 0.6 keeps three of five. At element 2 the values +0.30 and +0.35 stand against −0.70: their total is −0.05, so minus is elected. One loud model beats two quiet ones.',
    shows: 'vote',
    element: 1,
  },
  {
    ...three,
    title: 'Count heads instead',
    text: 'By frequency every sign counts the same. Two of three say plus at element 2, and plus wins. At element 1 it is one against one: nobody is elected, and the element stays as the base has it.',
    tried: { election: 'frequency' },
    shows: 'vote',
    element: 1,
  },
  {
    ...three,
    title: 'Average those that agree',
    text: 'Only changes with the elected sign are averaged: −0.60 and −0.45 make −0.525 at element 4. The score below tells whose changes get through. Of what trim left, the election overrules 21 % of A, 33 % of B and 63 % of C.',
    shows: 'merged',
    element: 3,
  },
  {
    title: 'Your own weights',
    text: 'The same steps with the settings of the recipe, on the elements where your models pull against each other the most. Without models open it is the example. Change a density or a weight on either side and watch.',
    shows: 'result',
  },
];
