#!/usr/bin/env node
require('@backstage/cli-node/config/nodeTransform.cjs');
require('../src/cli.ts');
