/**
 * Keys of the ledger: one table, one partition per service. `LOCK` is the fencing token and who holds it, `LIVE` the
 * version that was released last, and `RELEASE#<opened>#<id>` one release each, so that a query over the partition
 * gives the history in order of time.
 */
export const ledgerKey = (service: string, sk: string) => ({ pk: `SERVICE#${service}`, sk });

export const lockKey = (service: string) => ledgerKey(service, 'LOCK');

export const liveKey = (service: string) => ledgerKey(service, 'LIVE');

export const releaseKey = (service: string, openedAt: string, id: string) =>
  ledgerKey(service, `RELEASE#${openedAt}#${id}`);

/** Which of a partition's items are releases. */
export const releasesOf = (service: string) => ({
  KeyConditionExpression: 'pk = :service AND begins_with(sk, :kind)',
  ExpressionAttributeValues: { ':service': ledgerKey(service, '').pk, ':kind': 'RELEASE#' },
});
