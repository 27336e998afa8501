/** What every alarm's description ends with: where it is written what to do about it. */
export function runbook(heading: string): string {
  return `What to do: docs/runbook.md#${heading}`;
}
