/** What is compared. `same` is the pattern with all that its props allow of what ours makes by default. */
export const SHAPES = ['ours', 'same', 'default'] as const;
export type Shape = (typeof SHAPES)[number];
