/** `I` as a class has it that CDK compiled without exactOptionalPropertyTypes. */
type Relaxed<I> = { [K in keyof I]: I[K] | undefined };

/**
 * A construct as the interface that CDK's props ask for. CDK's classes declare `T | undefined` where
 * its interfaces say `?: T`, so under exactOptionalPropertyTypes a Vpc is no IVpc.
 */
export function asInterface<I>(construct: Relaxed<I>): I {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same construct, see above
  return construct as I;
}
