import { ServiceError } from '../aws/operation.ts';

/**
 * One page of a listing: up to `maxResults` items, at most 100, and the token of the next page.
 * @throws InvalidParameterException for a token that no listing gave
 */
export function page<T>(
  all: readonly T[],
  input: { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined },
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const start = Number(input.nextToken ?? 0);
  if (!Number.isInteger(start)) {
    throw new ServiceError('InvalidParameterException', `Invalid token ${input.nextToken}.`);
  }
  const end = start + Math.min(input.maxResults ?? 100, 100);
  return { items: all.slice(start, end), nextToken: end < all.length ? String(end) : undefined };
}
