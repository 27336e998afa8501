import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A resource as the template declares it, before its intrinsics are resolved. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
}

export interface Stack {
  readonly name: string;
  readonly template: Template;
}

interface Artifact {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
}

/** What `cdk synth` has left in a folder (`cdk.out/<environment>`). */
export class Assembly {
  readonly folder: string;
  /** Each after those it depends on. */
  readonly stacks: readonly Stack[];

  /** @throws when the folder holds no cloud assembly */
  constructor(folder: string) {
    const manifest = join(folder, 'manifest.json');
    if (!existsSync(manifest)) {
      throw new Error(`${folder} holds no synthesized app (no manifest.json). Synthesize it first: npm run synth.`);
    }
    this.folder = folder;
    const artifacts: Readonly<Record<string, Artifact>> = JSON.parse(readFileSync(manifest, 'utf8')).artifacts;
    this.stacks = inOrder(artifacts).map(([id, { properties }]) => ({
      name: properties?.stackName ?? id,
      template: JSON.parse(readFileSync(join(folder, properties?.templateFile ?? `${id}.template.json`), 'utf8')),
    }));
  }

  /**
   * The folder of a file asset, by the key that it would have in the bootstrap bucket.
   * @throws when the assembly has no such asset
   */
  asset(objectKey: string): string {
    const folder = join(this.folder, `asset.${objectKey.replace(/\.\w+$/, '')}`);
    if (!existsSync(folder))
      throw new Error(`The synthesized app has no asset ${objectKey}: ${folder} does not exist.`);
    return folder;
  }
}

function inOrder(artifacts: Readonly<Record<string, Artifact>>): [string, Artifact][] {
  const ordered = new Map<string, Artifact>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact === undefined || artifact.type !== 'aws:cloudformation:stack' || ordered.has(id)) return;
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    ordered.set(id, artifact);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered];
}
