import type { Release } from './release.ts';

/**
 * Whether a release asks for what serves already: the same image under the same sequence number, as a
 * pipeline does that is run again, and no other shape was deployed since. Any other release of the same image takes
 * place, and takes a changed shape to the tasks.
 */
export function servesAlready({
  request,
  image,
  blue,
  kind,
}: Pick<Release, 'request' | 'image' | 'blue' | 'kind'>): boolean {
  if (kind !== 'release' || request === null || request.until !== 'release' || image === null || blue === null)
    return false;
  return blue.digest === image.digest && blue.sequence === request.sequence && !blue.shapePending;
}
