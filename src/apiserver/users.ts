import type { Identity } from '../net/http.ts';

export const ALL_AUTHENTICATED = 'system:authenticated';
export const MASTERS = 'system:masters';

/** The API server itself. */
export const SERVER_USER: Identity = { name: 'system:apiserver', groups: [MASTERS] };

/** Who sends no credentials. */
export const ANONYMOUS: Identity = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The user of the kubeconfig that kubeadm writes. */
export const ADMINISTRATOR: Identity = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', MASTERS, ALL_AUTHENTICATED] };
