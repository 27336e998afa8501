import { list, physicalName, text } from '../../deploy/properties.ts';
import type { Provisions } from '../../deploy/provision.ts';
import { account } from '../arn.ts';
import { get } from './inputs.ts';
import type { Roles } from './roles.ts';

export function iamProvisions(roles: Roles): Provisions {
  return {
    'AWS::IAM::Role': (resource) => {
      const name = physicalName(resource, 'RoleName');
      roles.create(name);
      for (const policy of list(resource, 'Policies')) {
        roles.put(name, `inline ${String(get(policy, 'PolicyName'))}`, get(policy, 'PolicyDocument'));
      }
      for (const managed of list(resource, 'ManagedPolicyArns')) roles.attachManaged(name, String(managed));
      return { ref: name, attributes: { Arn: `arn:aws:iam::${account}:role/${name}`, RoleId: `AROA-${name}` } };
    },
    'AWS::IAM::Policy': (resource) => {
      const name = text(resource, 'PolicyName');
      for (const role of list(resource, 'Roles')) roles.put(String(role), name, resource.properties['PolicyDocument']);
      return { ref: name, attributes: {} };
    },
    'AWS::IAM::ManagedPolicy': (resource) => {
      const name = physicalName(resource, 'ManagedPolicyName');
      for (const role of list(resource, 'Roles')) roles.put(String(role), name, resource.properties['PolicyDocument']);
      return { ref: `arn:aws:iam::${account}:policy/${name}`, attributes: {} };
    },
  };
}
