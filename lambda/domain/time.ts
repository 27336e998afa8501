/** Seconds from one ISO instant to another; negative when `to` comes first. */
export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** True once `now` is at or past the deadline of something that began at `start`. */
export function isPast(start: string, deadlineSeconds: number, now: string): boolean {
  return secondsBetween(start, now) >= deadlineSeconds;
}

/** Seconds between two polls: quick at first, then every ten seconds, so that an hour's wait stays a short history. */
export function pollInterval(waitedSeconds: number): number {
  return waitedSeconds < 120 ? 3 : 10;
}
