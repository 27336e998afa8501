import { expect, test } from '@jest/globals';
import { parseRequest } from '../../../lambda/domain/request.ts';
import { digestOf, request } from './samples.ts';

test('a request that says no more is a feature release all the way, with nothing allowed that is dangerous', () => {
  expect(parseRequest(request)).toEqual({
    request: {
      ...request,
      policy: 'feature',
      until: 'release',
      approval: false,
      allowOlder: false,
      allowCutover: false,
      allowIrreversible: false,
    },
  });
});

test('an image may be given by its digest', () => {
  expect(parseRequest({ ...request, image: digestOf('c') })).toHaveProperty('request');
});

test.each([
  ['a missing field', { service: 'trucks' }, 'image'],
  ['an unknown field', { ...request, colour: 'green' }, 'colour'],
  ['a sequence that orders nothing', { ...request, sequence: 0 }, 'sequence'],
  ['a repository beside the tag', { ...request, image: 'repo/x:v2' }, 'a tag, or a digest'],
  ['a service that is no name', { ...request, service: '../secrets' }, 'service'],
  ['an unknown policy', { ...request, policy: 'yolo' }, 'policy'],
  ['no object at all', 'release it', 'request'],
])('a request with %s is refused in words that name it', (_, input, named) => {
  const parsed = parseRequest(input);
  expect(parsed).toEqual({ refusal: expect.stringContaining(named) });
});
