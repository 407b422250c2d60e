/** SLERP told on two arrows in a plane, where each number is a direction; then on the reader's own weights. */
import type { Chapter } from '../method.ts';

export const lesson: readonly Chapter[] = [
  {
    title: 'At a right angle',
    text: 'Two models of two elements are two arrows in a plane. Half of the way along the arc takes 0.71 of each, and the result is as long as both, 0.60. A plain average would take half of each and be 0.42 long.',
    changes: [
      [0.6, 0],
      [0, 0.6],
    ],
    shows: 'arc',
    element: 0,
  },
  {
    title: 'Of different lengths',
    text: 'The arc turns by the angle alone and takes 0.71 of each again: 0.57 and 0.14, together 0.58 long, where 0.50 lies half way between the lengths. The length is kept only where both are equal.',
    changes: [
      [0.8, 0],
      [0, 0.2],
    ],
    shows: 'merged',
    element: 0,
  },
  {
    title: 'Almost the same direction',
    text: 'Fine-tunes of one base point almost the same way. At 1.7° the arc cannot be told from a straight line, and half of each is taken: SLERP is an average here. Drag a bar to open the angle.',
    changes: [
      [0.6, 0.2],
      [0.6, 0.22],
    ],
    shows: 'arc',
    element: 0,
  },
  {
    title: 'Your own weights',
    text: 'The angle and the lengths are those of the whole tensor. Turned as weights they lie side by side; try task vectors below, whose angle is real. Without two models open it is the example.',
    shows: 'arc',
  },
];
