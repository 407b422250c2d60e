/** How many fields of models stand side by side in an element: a few as stripes, many as a square of fields. */
export function wedgeColumns(models: number): number {
  return models <= 5 ? Math.max(1, models) : Math.ceil(Math.sqrt(models));
}
