import type { Provision, Provisioned, Resource } from './provision.ts';

/**
 * Creates a resource when it is new and updates it when its resolved properties differ from the last
 * deployment's; otherwise leaves it alone, as CloudFormation does
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html).
 */
export function whenChanged(
  create: (resource: Resource) => Provisioned,
  update: (resource: Resource, previous: Provisioned) => Provisioned = create,
): Provision {
  const known = new Map<string, { readonly properties: string; readonly provisioned: Provisioned }>();
  return (resource) => {
    const key = `${resource.stack}/${resource.logicalId}`;
    const properties = JSON.stringify(resource.properties);
    const previous = known.get(key);
    if (previous?.properties === properties) return previous.provisioned;
    const provisioned = previous === undefined ? create(resource) : update(resource, previous.provisioned);
    known.set(key, { properties, provisioned });
    return provisioned;
  };
}
