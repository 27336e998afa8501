/** Who may open a connection to whom. */
export interface Path {
  readonly from: string;
  readonly to: string;
  /** Of TCP. */
  readonly port: number;
  readonly why: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

interface Rule {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly Description?: string;
  readonly CidrIp?: string;
  readonly SourceSecurityGroupId?: Reference;
  readonly DestinationSecurityGroupId?: Reference;
  readonly DestinationPrefixListId?: unknown;
  readonly GroupId?: Reference;
}
interface Reference {
  readonly 'Fn::GetAtt': readonly [string, string];
}
interface Group {
  readonly GroupDescription: string;
  readonly SecurityGroupIngress?: readonly Rule[];
  readonly SecurityGroupEgress?: readonly Rule[];
}

/** What CDK writes where there is no way out, because no rule at all would mean every way. */
const nowhere = '255.255.255.255/32';

function path(from: string, to: string, rule: Rule): Path {
  if (rule.IpProtocol !== 'tcp' || rule.FromPort === undefined || rule.FromPort !== rule.ToPort) {
    throw new Error(`${from} → ${to} is no single TCP port: ${JSON.stringify(rule)}. Give each path its port.`);
  }
  return { from, to, port: rule.FromPort, why: rule.Description ?? '' };
}

/**
 * All paths of a network stack's template: those that somebody lets in, and those that somebody may take.
 *
 * @throws Error for a path that only one of the two groups lets through, and for a rule that is no TCP port
 */
export function paths({ Resources }: Template): Path[] {
  const all = Object.entries(Resources);
  const groups = new Map(
    all.flatMap(([id, { Type, Properties }]): [string, Group][] =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- CloudFormation's own shape of this type
      Type === 'AWS::EC2::SecurityGroup' ? [[id, Properties as Group]] : [],
    ),
  );
  const name = (reference: Reference | undefined): string => {
    const group = groups.get(reference?.['Fn::GetAtt'][0] ?? '');
    if (group === undefined) throw new Error(`No security group ${JSON.stringify(reference)} in this stack.`);
    return group.GroupDescription;
  };
  const separate = (type: string): Rule[] =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- CloudFormation's own shape of these types
    all.flatMap(([, { Type, Properties }]) => (Type === type ? [Properties as Rule] : []));
  const source = (rule: Rule) => (rule.CidrIp === undefined ? name(rule.SourceSecurityGroupId) : range(rule.CidrIp));
  const target = (rule: Rule) => {
    if (rule.DestinationPrefixListId !== undefined) return 'S3';
    return rule.CidrIp === undefined ? name(rule.DestinationSecurityGroupId) : range(rule.CidrIp);
  };

  const incoming = [
    ...[...groups.values()].flatMap((group) =>
      (group.SecurityGroupIngress ?? []).map((rule) => path(source(rule), group.GroupDescription, rule)),
    ),
    ...separate('AWS::EC2::SecurityGroupIngress').map((rule) => path(source(rule), name(rule.GroupId), rule)),
  ];
  const outgoing = [
    ...[...groups.values()].flatMap((group) =>
      (group.SecurityGroupEgress ?? [])
        .filter(({ CidrIp }) => CidrIp !== nowhere)
        .map((rule) => path(group.GroupDescription, target(rule), rule)),
    ),
    ...separate('AWS::EC2::SecurityGroupEgress').map((rule) => path(name(rule.GroupId), target(rule), rule)),
  ];
  const inside = new Set([...groups.values()].map(({ GroupDescription }) => GroupDescription));
  refuseHalves(incoming, outgoing, inside);
  return [...incoming.filter(({ from }) => !inside.has(from)), ...outgoing];
}

function range(cidr: string): string {
  return cidr === '0.0.0.0/0' ? 'the internet' : `addresses ${cidr}`;
}

const key = ({ from, to, port }: Path) => `${from} → ${to}:${port}`;

/** Between two groups, a rule on one side alone is a path that does not work. */
function refuseHalves(incoming: readonly Path[], outgoing: readonly Path[], inside: ReadonlySet<string>): void {
  const between = (all: readonly Path[]) =>
    new Set(all.filter(({ from, to }) => inside.has(from) && inside.has(to)).map(key));
  const [ways, out] = [between(incoming), between(outgoing)];
  const halves = [...ways].filter((way) => !out.has(way)).concat([...out].filter((way) => !ways.has(way)));
  if (halves.length > 0) throw new Error(`Open on one side only: ${halves.join(', ')}.`);
}
