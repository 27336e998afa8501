import { describe, expect, test } from '@jest/globals';
import { inputTransformer } from '../../../local/services/input-transformer.ts';

const event = JSON.stringify({
  detail: { status: 'ABORTED', name: 'a "quoted" name', count: 3, more: { deep: true } },
});
const transform = (InputTemplate: string, InputPathsMap: Record<string, string>): string =>
  inputTransformer({ InputTemplate, InputPathsMap })(event);

describe('an input transformer', () => {
  test('puts a value that stands alone in as JSON', () => {
    const paths = { status: '$.detail.status', count: '$.detail.count', more: '$.detail.more' };
    expect(JSON.parse(transform('{"a":<status>,"b":<count>,"c":<more>}', paths))).toEqual({
      a: 'ABORTED',
      b: 3,
      c: { deep: true },
    });
  });

  test('puts a value inside a string in as text', () => {
    const text = transform('{"a":"It is <status> for <name>"}', { status: '$.detail.status', name: '$.detail.name' });
    expect(JSON.parse(text)).toEqual({ a: 'It is ABORTED for a "quoted" name' });
  });

  test('gives null for what the event does not have, and leaves what is no variable', () => {
    expect(JSON.parse(transform('{"a":<x>,"b":"<other>"}', { x: '$.detail.nothing' }))).toEqual({
      a: null,
      b: '<other>',
    });
  });

  test('refuses a path that the stage does not know', () => {
    expect(() => transform('<a>', { a: '$.resources[0]' })).toThrow('not $.resources[0]');
  });
});
