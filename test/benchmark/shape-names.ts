/** What is compared. `same` is the pattern with all that its props allow of what ours makes by default. */
export const SHAPES = ['ours', 'same', 'default'] as const;
export type Shape = (typeof SHAPES)[number];

/** What services of ours behind a shared ingress share with the others of their stack. */
export const SHARES = ['nothing', 'start', 'roles'] as const;
export type Share = (typeof SHARES)[number];
