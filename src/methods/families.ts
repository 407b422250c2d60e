/** Methods that work alike, as the picker groups them. */
export const families = [
  { id: 'sums', title: 'Add changes up' },
  { id: 'elections', title: 'Let models vote' },
  { id: 'averages', title: 'Average weights' },
  { id: 'arcs', title: 'Blend along arcs' },
  { id: 'spectra', title: 'Rearrange directions' },
  { id: 'single', title: 'One model' },
] as const;

export type Family = (typeof families)[number]['id'];
