import type { Operation } from '../../../local/aws/operation.ts';

/** An operation whose input is looked at field by field: tests give only what the steps read. */
export const answer =
  (give: (input: Record<string, unknown>) => object): Operation<unknown> =>
  (input) =>
    give(Object(input));
