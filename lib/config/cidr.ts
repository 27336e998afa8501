interface Range {
  readonly first: number;
  readonly last: number;
}

/** @param cidr an IPv4 range such as `10.0.0.0/16` */
function rangeOf(cidr: string): Range {
  const [address = '', length = ''] = cidr.split('/');
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

/** Whether two IPv4 ranges have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a.first <= b.last && b.first <= a.last;
}

/** The range as it is written when every bit after the prefix is zero: `10.1.0.7/16` → `10.1.0.0/16`. */
export function normalized(cidr: string): string {
  const { first } = rangeOf(cidr);
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join('.')}/${prefixLength(cidr)}`;
}

export function prefixLength(cidr: string): number {
  return Number(cidr.split('/')[1]);
}
