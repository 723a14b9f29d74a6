import type { Store } from '../etcd/store.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Rng } from '../sim/rng.ts';
import type { Task } from '../sim/wait.ts';
import type { Admission } from './admission.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import type { StoreFeed } from './feed.ts';
import type { Authenticator } from './authentication.ts';
import type { Authorizer } from './rbac/authorizer.ts';
import type { Dial } from './dial.ts';
import type { OpenApi } from './openapi/serve.ts';
import type { Metrics } from './metrics.ts';
import type { Objects } from './objects.ts';
import type { Resources } from './resource.ts';

/** What the parts of one API server share. */
export interface ServerContext {
  readonly kernel: Kernel;
  /** Where its processes live. */
  readonly group: Group;
  readonly store: Store;
  readonly feed: StoreFeed;
  readonly objects: Objects;
  readonly resources: Resources;
  readonly admission: Admission;
  readonly tokens: ServiceAccountTokens;
  /** The way to nodes and pods; undefined where there is no network. */
  readonly dial: Dial | undefined;
  readonly openApi: OpenApi;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly uids: Rng;
  readonly names: Rng;
  /** `10.0.0.10:6443`. */
  readonly publicAddress: string;
  /** Whether everything that a fresh cluster holds is there. */
  isBootstrapped(): boolean;
  /** Waits until then. */
  bootstrapped(): Task<void>;
  /** The API groups of custom resources, with their versions, the preferred one first. */
  customGroups(): readonly { readonly group: string; readonly versions: readonly string[] }[];
}
