/**
 * What a rule's input transformer makes of an event. A variable that stands alone becomes JSON; one inside
 * a string of the template becomes text.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 * @throws when it is read, for a path that the stage does not know
 */
export function inputTransformer(transformer: unknown): (event: string) => string {
  const { InputPathsMap, InputTemplate }: Record<string, unknown> = Object(transformer);
  const template = String(InputTemplate);
  const paths = new Map(Object.entries(Object(InputPathsMap)).map(([name, path]) => [name, parsePath(String(path))]));
  return (event) => {
    const whole: unknown = JSON.parse(event);
    let quoted = false;
    return template.replaceAll(/\\.|"|<([^<>]+)>/g, (part: string, name?: string) => {
      if (part === '"') quoted = !quoted;
      const path = paths.get(name ?? '');
      if (path === undefined) return part;
      const json =
        JSON.stringify(path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), whole)) ?? 'null';
      return quoted && json.startsWith('"') ? json.slice(1, -1) : json;
    });
  };
}

/** `$.detail.name` as its parts. */
function parsePath(path: string): string[] {
  if (!/^\$(\.[\w-]+)+$/.test(path)) throw new Error(`The stage knows paths like $.detail.status only, not ${path}.`);
  return path.split('.').slice(1);
}
