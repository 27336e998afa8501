/** A variable that the release stack sets on the step functions. */
type Name = 'ENVIRONMENT' | 'LEDGER_TABLE' | 'RELEASE_TOPIC_ARN' | 'PROBER_FUNCTION';

/** @throws when the function was deployed without the variable */
export function environment(name: Name): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`The function has no environment variable ${name}: deploy the release stack again.`);
  }
  return value;
}
