import { z } from 'zod';

const hostname = z
  .string()
  .regex(
    /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/,
    'is no domain name; give small letters, digits, hyphens and dots, such as example.com',
  );

/** Where users find the services: the one place that names it. */
export const domainSchema = z.strictObject({
  /** Written as `{domain}` under a service's `frozen.hosts` and `task.environment`. */
  name: hostname,
  /** The public hosted zone in Route 53 that the records go to: the domain's own, or one above it. */
  zone: z.strictObject({
    id: z
      .string()
      .regex(
        /^Z[A-Z0-9]{5,31}$/,
        'is no id of a hosted zone; see: aws route53 list-hosted-zones, without /hostedzone/',
      ),
    name: hostname,
  }),
});
export type DomainConfig = z.infer<typeof domainSchema>;

const placeholder = '{domain}';

/** The configuration with the domain's name wherever a service says `{domain}`; as it is where there is no domain. */
export function withDomain(input: unknown): unknown {
  if (!isRecord(input) || !isRecord(input['domain'])) return input;
  const { name } = input['domain'];
  return typeof name === 'string' ? { ...input, services: replaced(input['services'], name) } : input;
}

function replaced(value: unknown, name: string): unknown {
  if (typeof value === 'string') return value.replaceAll(placeholder, name);
  if (Array.isArray(value)) return value.map((each) => replaced(each, name));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaced(each, name)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const isUnder = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** A wildcard stands for one label: `a.example.com`, not `a.b.example.com`. */
const isCovered = (host: string, domain: string): boolean =>
  host === domain || (host.endsWith(`.${domain}`) && !host.slice(0, -domain.length - 1).includes('.'));

interface Named {
  readonly domain: DomainConfig | null;
  readonly certificateArn: string | null;
  readonly services: Readonly<Record<string, { readonly frozen: { readonly hosts: readonly string[] } }>>;
}

/** What would end in a name that nobody finds, or in a certificate that does not name the host. */
export function refuseDomain(
  { domain, certificateArn, services }: Named,
  refuse: (path: string[], message: string) => void,
): void {
  if (domain !== null && !isUnder(domain.name, domain.zone.name)) {
    refuse(
      ['domain', 'name'],
      `is not in the zone ${domain.zone.name}; give that name, or one that ends in .${domain.zone.name}`,
    );
  }
  for (const [service, { frozen }] of Object.entries(services)) {
    for (const [index, host] of frozen.hosts.entries()) {
      const path = ['services', service, 'frozen', 'hosts', String(index)];
      if (host.includes(placeholder))
        refuse(path, 'names the domain, and domain is null; give it there, or the whole name here');
      else if (domain !== null && certificateArn === null && !isCovered(host, domain.name)) {
        refuse(
          path,
          `is not covered by the certificate for ${domain.name} and *.${domain.name}; give such a host, or your own certificateArn`,
        );
      }
    }
  }
}
