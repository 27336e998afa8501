import { account, arn, region } from '../aws/arn.ts';
import type { Assembly, Stack, TemplateResource } from './assembly.ts';
import { type References, resolveDynamicReferences } from './dynamic-references.ts';
import { noValue, resolve, type Scope } from './intrinsics.ts';
import { leftOut } from './left-out.ts';
import { creationOrder } from './order.ts';
import type { Provisioned, Provisions, Resource } from './provision.ts';

/** A resource that exists on the stage. */
export interface Deployed extends Provisioned {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

/**
 * Puts a synthesized app on the stage, as CloudFormation would put it into an account: stack by stack, each
 * resource after those it needs. Deployed again, every resource is provisioned again, which is an update.
 */
export class Deployment {
  readonly #provisions: Provisions;
  readonly #references: References;
  readonly #exports = new Map<string, unknown>();
  readonly #deployed = new Map<string, Deployed>();

  constructor(provisions: Provisions, references: References) {
    this.#provisions = provisions;
    this.#references = references;
  }

  async deploy(assembly: Assembly): Promise<void> {
    for (const stack of assembly.stacks) await this.deployStack(stack);
  }

  /** @throws for a type that is neither provisioned nor left out on purpose, and for what cannot be resolved */
  async deployStack(stack: Stack): Promise<void> {
    const { Resources = {}, Outputs = {} } = stack.template;
    const scope = this.#scope(stack);
    for (const logicalId of creationOrder(Resources)) {
      const declared = Resources[logicalId];
      if (declared === undefined || (declared.Condition !== undefined && !scope.condition(declared.Condition)))
        continue;
      const provisioned = await this.#provision(this.#resolved(stack.name, logicalId, declared, scope));
      this.#deployed.set(key(stack.name, logicalId), {
        stack: stack.name,
        logicalId,
        type: declared.Type,
        ...provisioned,
      });
    }
    for (const { Value, Export } of Object.values(Outputs)) {
      if (Export !== undefined) this.#exports.set(String(resolve(Export.Name, scope)), resolve(Value, scope));
    }
  }

  /** All resources that exist, by type if one is given. */
  resources(type?: string): Deployed[] {
    return [...this.#deployed.values()].filter((resource) => type === undefined || resource.type === type);
  }

  #resolved(stack: string, logicalId: string, declared: TemplateResource, scope: Scope): Resource {
    try {
      const resolved = resolveDynamicReferences(resolve(declared.Properties ?? {}, scope), this.#references);
      return { stack, logicalId, type: declared.Type, properties: Object(resolved) };
    } catch (error) {
      throw new Error(`${stack}/${logicalId} (${declared.Type}) cannot be resolved: ${reason(error)}`, {
        cause: error,
      });
    }
  }

  async #provision(resource: Resource): Promise<Provisioned> {
    const { stack, logicalId, type } = resource;
    const provision = this.#provisions[type] ?? leftOut[type]?.stands;
    if (provision === undefined) {
      throw new Error(
        `The stage does not know ${type}, the type of ${logicalId} in stack ${stack}. Provision it, or list it in ` +
          'local/deploy/left-out.ts with the reason why the stage does without it.',
      );
    }
    try {
      return await provision(resource);
    } catch (error) {
      throw new Error(`${stack}/${logicalId} (${type}) cannot be put on the stage: ${reason(error)}`, { cause: error });
    }
  }

  #scope(stack: Stack): Scope {
    const { Parameters = {}, Conditions = {}, Mappings = {} } = stack.template;
    const scope: Scope = {
      ref: (name) => {
        const pseudo = pseudoParameters(stack.name)[name];
        if (pseudo !== undefined) return pseudo;
        const parameter = Parameters[name];
        if (parameter !== undefined) return this.#parameter(name, parameter);
        return this.#find(stack.name, name).ref;
      },
      attribute: (logicalId, attribute) => {
        const { type, attributes } = this.#find(stack.name, logicalId);
        const value = attributes[attribute];
        if (value !== undefined) return value;
        throw new Error(`The stage gives no attribute ${attribute} of ${logicalId} (${type}) in stack ${stack.name}.`);
      },
      importValue: (name) => {
        if (this.#exports.has(name)) return this.#exports.get(name);
        throw new Error(`No stack that was deployed before ${stack.name} exports ${name}.`);
      },
      condition: (name) => {
        if (!Object.hasOwn(Conditions, name)) throw new Error(`Stack ${stack.name} has no condition ${name}.`);
        return resolve(Conditions[name], scope) === true;
      },
      mapping: (map, top, second) => {
        const value = Mappings[map]?.[top]?.[second];
        if (value === undefined) throw new Error(`Stack ${stack.name} maps nothing at ${map}, ${top}, ${second}.`);
        return value;
      },
    };
    return scope;
  }

  #find(stack: string, logicalId: string): Deployed {
    const found = this.#deployed.get(key(stack, logicalId));
    if (found === undefined) throw new Error(`Stack ${stack} has no resource or parameter ${logicalId}.`);
    return found;
  }

  /** Parameters have their defaults; those of an SSM type are looked up under it. */
  #parameter(name: string, { Type, Default }: { readonly Type: string; readonly Default?: unknown }): unknown {
    if (Default === undefined)
      throw new Error(`The parameter ${name} has no text as its default, and the stage gives it no value.`);
    if (!Type.startsWith('AWS::SSM::Parameter::Value<')) return Default;
    if (typeof Default !== 'string') throw new Error(`The parameter ${name} has no name as its default.`);
    const value = this.#references.parameter(Default);
    if (value === null)
      throw new Error(`The parameter ${name} wants the SSM parameter ${Default}, which the stage does not have.`);
    return value;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function key(stack: string, logicalId: string): string {
  return `${stack}/${logicalId}`;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
function pseudoParameters(stack: string): Record<string, unknown> {
  return {
    'AWS::AccountId': account,
    'AWS::NoValue': noValue,
    'AWS::NotificationARNs': [],
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': arn('cloudformation', `stack/${stack}/stage`),
    'AWS::StackName': stack,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}
