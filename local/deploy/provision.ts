/** A resource of a synthesized template with every intrinsic resolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What `Ref` and `Fn::GetAtt` give for the resource. */
export interface Provisioned {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Creates (or, deployed again, updates) one resource on the stage. */
export type Provision = (resource: Resource) => Provisioned | Promise<Provisioned>;

/** By CloudFormation type. A type without an entry is refused, unless it is listed as one that the stage leaves out. */
export type Provisions = Readonly<Record<string, Provision>>;
