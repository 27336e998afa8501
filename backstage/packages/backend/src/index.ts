import { createUnderstudyBackend } from './app';
import { startOrExit } from './startOrExit';

void startOrExit(createUnderstudyBackend());
