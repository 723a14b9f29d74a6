/** A machine of a cluster document, with all defaults filled in. */
export interface MachineSpec {
  readonly name: string;
  readonly ip: string;
  /** Number of cores. */
  readonly cpu: number;
  /** Kubernetes quantity: `4Gi`. */
  readonly memory: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly zone?: string;
}

/** `apiVersion: kubarium.dev/v1alpha1, kind: Cluster`, parsed, validated, defaulted. */
export interface ClusterDocument {
  /** `v1.35.0` by default. */
  readonly release: string;
  readonly seed: number;
  readonly masters: readonly MachineSpec[];
  readonly minions: readonly MachineSpec[];
  readonly podCIDR: string;
  readonly serviceCIDR: string;
  /** The instant at which the cluster's clock starts, RFC 3339. */
  readonly startTime: string;
  /** Flags of components: `{ 'kube-controller-manager': { 'node-monitor-grace-period': '40s' } }`. */
  readonly flags: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `ingress`, `metrics-server`, ... */
  readonly addons: readonly string[];
}
