/** An order in which what is alike stands side by side. */

/**
 * Agglomerative clustering by average linkage on 1 − cosine (Sokal & Michener 1958); leaves are read from left to right, and
 * of two clusters that join, the ends that are most alike meet. What has no direction is as far as at right angles.
 * @param cosines n × n
 */
export function clustered(n: number, cosines: readonly (number | null)[]): readonly number[] {
  const distance = (a: number, b: number) => 1 - (cosines[a * n + b] ?? 0);
  const between = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, i) => sum + b.reduce((more, j) => more + distance(i, j), 0), 0) /
    (a.length * b.length);
  let clusters: readonly (readonly number[])[] = Array.from({ length: n }, (_, i) => [i]);
  while (clusters.length > 1) {
    let [first, second, least] = [0, 1, Number.POSITIVE_INFINITY];
    for (let a = 0; a < clusters.length; a++) {
      for (let b = a + 1; b < clusters.length; b++) {
        const far = between(clusters[a], clusters[b]);
        if (far < least) [first, second, least] = [a, b, far];
      }
    }
    const joined = meeting(clusters[first], clusters[second], distance);
    clusters = clusters.flatMap((each, i) => (i === first ? [joined] : i === second ? [] : [each]));
  }
  return clusters[0] ?? [];
}

/** Both in a row, either turned round where that brings likes together; as they are where it does not matter. */
function meeting(
  a: readonly number[],
  b: readonly number[],
  distance: (a: number, b: number) => number,
): readonly number[] {
  const ways = [a, a.toReversed()].flatMap((left) =>
    [b, b.toReversed()].map((right) => ({ left, right, gap: distance(left.at(-1)!, right[0]) })),
  );
  const { left, right } = ways.reduce((best, way) => (way.gap < best.gap ? way : best));
  return [...left, ...right];
}
