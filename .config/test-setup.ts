import { enableFreezing } from '../src/base/freeze.ts';

// Whoever changes an object that is shared fails at the place of the change.
enableFreezing(true);
