/** GiB of the smallest class of a family that doubles from size to size. */
const doubling = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'];

const sizes: Readonly<Record<string, ReadonlyMap<string, number>>> = {
  t: new Map([
    ['micro', 1],
    ['small', 2],
    ['medium', 4],
    ['large', 8],
    ['xlarge', 16],
    ['2xlarge', 32],
  ]),
  m: new Map(doubling.map((size, step) => [size, 8 * 2 ** step])),
  r: new Map(doubling.map((size, step) => [size, 16 * 2 ** step])),
};

/**
 * Memory of a database instance in bytes, or null for a class that this does not know
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html).
 *
 * @param instance without the prefix `db.`: `m7g.large`
 */
export function instanceMemory(instance: string): number | null {
  const [family = '', size = ''] = instance.split('.');
  const gib = sizes[family.charAt(0)]?.get(size);
  return gib === undefined ? null : gib * 2 ** 30;
}

/**
 * The connections that PostgreSQL on RDS is given by default, and which its memory is good for
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections).
 */
export function connectionsOf(memoryBytes: number): number {
  return Math.min(Math.floor(memoryBytes / 9_531_392), 5000);
}
