import { optionalText, physicalName, text } from '../deploy/properties.ts';
import type { Provisions } from '../deploy/provision.ts';
import type { StateMachines } from './state-machines.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html */
export function stateMachineProvisions(machines: StateMachines): Provisions {
  return {
    'AWS::StepFunctions::StateMachine': (resource) => {
      const name = physicalName(resource, 'StateMachineName');
      const type = optionalText(resource, 'StateMachineType') ?? 'STANDARD';
      if (type !== 'STANDARD') throw new Error(`The stage runs STANDARD state machines; ${name} is ${type}.`);
      const substitutions = Object.entries(Object(resource.properties['DefinitionSubstitutions'] ?? {}));
      const definition = substitutions.reduce<string>(
        (asl, [key, value]) => asl.replaceAll(`\${${key}}`, String(value)),
        text(resource, 'DefinitionString'),
      );
      const role = text(resource, 'RoleArn').split('/').at(-1) ?? '';
      const { arn } = machines.define(name, role, definition);
      return { ref: arn, attributes: { Arn: arn, Name: name } };
    },
  };
}
