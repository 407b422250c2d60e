export const combines = ['updates', 'factors', 'ranks'] as const;

/**
 * What a merge of adapters is done to: the updates ΔW, of which the result is cut to a rank (PEFT's `*_svd`);
 * the factors, all A as one set of tensors and all B as another (`linear`, `ties`, …); or the ranks, which are
 * put side by side (`cat`).
 */
export type Combine = (typeof combines)[number];
