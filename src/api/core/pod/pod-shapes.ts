import { goShape, type Shapes } from '../../go-shape.ts';
import type { PodSpec } from 'kubernetes-types/core/v1';

/* How the server's own types of pods print; see go-shape.ts. */

export const POD_SHAPES: Shapes = {
  PodSpec: `Volumes*Volume InitContainers*Container Containers*Container EphemeralContainers*EphemeralContainer RestartPolicy
    TerminationGracePeriodSeconds* ActiveDeadlineSeconds* DNSPolicy NodeSelector* ServiceAccountName AutomountServiceAccountToken*
    NodeName SecurityContext*PodSecurityContext ImagePullSecrets*Name Hostname Subdomain SetHostnameAsFQDN* Affinity*Affinity
    SchedulerName Tolerations*Toleration HostAliases*HostAlias PriorityClassName Priority* PreemptionPolicy* DNSConfig*DNSConfig
    ReadinessGates*ReadinessGate RuntimeClassName* Overhead* EnableServiceLinks* TopologySpreadConstraints*TopologySpreadConstraint
    OS*Name SchedulingGates*Name ResourceClaims*PodResourceClaim Resources*ResourceRequirements HostnameOverride* WorkloadRef*`,
  Name: 'Name',
  PodSecurityContext: `HostNetwork? HostPID? HostIPC? ShareProcessNamespace* HostUsers* SELinuxOptions*SELinuxOptions WindowsOptions*
    RunAsUser* RunAsGroup* RunAsNonRoot* SupplementalGroups* SupplementalGroupsPolicy* FSGroup* FSGroupChangePolicy* Sysctls*Sysctl
    SeccompProfile*Profile AppArmorProfile*Profile SELinuxChangePolicy*`,
  SecurityContext: `Capabilities*Capabilities Privileged* SELinuxOptions*SELinuxOptions WindowsOptions* RunAsUser* RunAsGroup*
    RunAsNonRoot* ReadOnlyRootFilesystem* AllowPrivilegeEscalation* ProcMount* SeccompProfile*Profile AppArmorProfile*Profile`,
  Capabilities: 'Add* Drop*',
  SELinuxOptions: 'User Role Type Level',
  Sysctl: 'Name Value',
  Profile: 'Type LocalhostProfile*',
  Container: `Name Image Command* Args* WorkingDir Ports*ContainerPort EnvFrom*EnvFrom Env*EnvVar Resources:ResourceRequirements
    ResizePolicy*ResizePolicy RestartPolicy* RestartPolicyRules* VolumeMounts*VolumeMount VolumeDevices*VolumeDevice
    LivenessProbe*Probe ReadinessProbe*Probe StartupProbe*Probe Lifecycle*Lifecycle TerminationMessagePath TerminationMessagePolicy
    ImagePullPolicy SecurityContext*SecurityContext Stdin? StdinOnce? TTY?`,
  EphemeralContainer: `Name Image Command* Args* WorkingDir Ports*ContainerPort EnvFrom*EnvFrom Env*EnvVar Resources:ResourceRequirements
    ResizePolicy*ResizePolicy RestartPolicy* RestartPolicyRules* VolumeMounts*VolumeMount VolumeDevices*VolumeDevice
    LivenessProbe*Probe ReadinessProbe*Probe StartupProbe*Probe Lifecycle*Lifecycle TerminationMessagePath TerminationMessagePolicy
    ImagePullPolicy SecurityContext*SecurityContext Stdin? StdinOnce? TTY? TargetContainerName`,
  ContainerPort: 'Name HostPort# ContainerPort# Protocol HostIP',
  EnvFrom: 'Prefix ConfigMapRef*OptionalName SecretRef*OptionalName',
  OptionalName: 'Name Optional*',
  EnvVar: 'Name Value ValueFrom*EnvVarSource',
  EnvVarSource: 'FieldRef*FieldRef ResourceFieldRef*ResourceFieldRef ConfigMapKeyRef*KeyRef SecretKeyRef*KeyRef FileKeyRef*FileKeyRef',
  FieldRef: 'APIVersion FieldPath',
  ResourceFieldRef: 'ContainerName Resource Divisor',
  KeyRef: 'Name Key Optional*',
  FileKeyRef: 'VolumeName Path Key Optional*',
  ResourceRequirements: 'Limits* Requests* Claims*ResourceClaim',
  ResourceClaim: 'Name Request',
  ResizePolicy: 'ResourceName RestartPolicy',
  VolumeMount: 'Name ReadOnly? RecursiveReadOnly* MountPath SubPath MountPropagation* SubPathExpr',
  VolumeDevice: 'Name DevicePath',
  Probe: `Exec*Exec HTTPGet*HTTPGet TCPSocket*TCPSocket GRPC*GRPC InitialDelaySeconds# TimeoutSeconds# PeriodSeconds#
    SuccessThreshold# FailureThreshold# TerminationGracePeriodSeconds*`,
  Lifecycle: 'PostStart*LifecycleHandler PreStop*LifecycleHandler StopSignal*',
  LifecycleHandler: 'Exec*Exec HTTPGet*HTTPGet TCPSocket*TCPSocket Sleep*Sleep',
  Exec: 'Command*',
  HTTPGet: 'Path Port# Host Scheme HTTPHeaders*HTTPHeader',
  HTTPHeader: 'Name Value',
  TCPSocket: 'Port# Host',
  GRPC: 'Port# Service*',
  Sleep: 'Seconds#',
  Volume: `Name HostPath*HostPath EmptyDir*EmptyDir GCEPersistentDisk* AWSElasticBlockStore* GitRepo* Secret*SecretVolume NFS*NFS ISCSI*
    Glusterfs* PersistentVolumeClaim*ClaimVolume RBD* Quobyte* FlexVolume* Cinder* CephFS* Flocker* DownwardAPI*DownwardAPI FC*
    AzureFile* ConfigMap*ConfigMapVolume VsphereVolume* AzureDisk* PhotonPersistentDisk* Projected*Projected PortworxVolume* ScaleIO*
    StorageOS* CSI* Ephemeral* Image*ImageVolume`,
  HostPath: 'Path Type*',
  EmptyDir: 'Medium SizeLimit*',
  SecretVolume: 'SecretName Items*KeyToPath DefaultMode* Optional*',
  ConfigMapVolume: 'Name Items*KeyToPath DefaultMode* Optional*',
  KeyToPath: 'Key Path Mode*',
  NFS: 'Server Path ReadOnly?',
  ClaimVolume: 'ClaimName ReadOnly?',
  DownwardAPI: 'Items*DownwardFile DefaultMode*',
  DownwardFile: 'Path FieldRef*FieldRef ResourceFieldRef*ResourceFieldRef Mode*',
  Projected: 'Sources*Projection DefaultMode*',
  Projection: `Secret*SecretProjection DownwardAPI*DownwardProjection ConfigMap*SecretProjection ServiceAccountToken*TokenProjection
    ClusterTrustBundle* PodCertificate*`,
  SecretProjection: 'Name Items*KeyToPath Optional*',
  DownwardProjection: 'Items*DownwardFile',
  TokenProjection: 'Audience ExpirationSeconds# Path',
  ImageVolume: 'Reference PullPolicy',
  Affinity: 'NodeAffinity*NodeAffinity PodAffinity*PodAffinity PodAntiAffinity*PodAffinity',
  NodeAffinity: 'RequiredDuringSchedulingIgnoredDuringExecution*NodeSelector PreferredDuringSchedulingIgnoredDuringExecution*PreferredTerm',
  NodeSelector: 'NodeSelectorTerms*NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions*NodeRequirement MatchFields*NodeRequirement',
  NodeRequirement: 'Key Operator Values*',
  PreferredTerm: 'Weight# Preference:NodeSelectorTerm',
  PodAffinity: 'RequiredDuringSchedulingIgnoredDuringExecution*PodTerm PreferredDuringSchedulingIgnoredDuringExecution*WeightedTerm',
  PodTerm: 'LabelSelector* Namespaces* TopologyKey NamespaceSelector* MatchLabelKeys* MismatchLabelKeys*',
  WeightedTerm: 'Weight# PodAffinityTerm:PodTerm',
  Toleration: 'Key Operator Value Effect TolerationSeconds*',
  HostAlias: 'IP Hostnames*',
  DNSConfig: 'Nameservers* Searches* Options*DNSOption',
  DNSOption: 'Name Value*',
  ReadinessGate: 'ConditionType',
  TopologySpreadConstraint: `MaxSkew# TopologyKey WhenUnsatisfiable LabelSelector* MinDomains* NodeAffinityPolicy* NodeTaintsPolicy*
    MatchLabelKeys*`,
  PodResourceClaim: 'Name ResourceClaimName* ResourceClaimTemplateName*',
};

/** A pod's spec as the server's own type prints it, where the host's namespaces belong to the security context. */
export function shownPodSpec(spec: PodSpec): unknown {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  const securityContext = { ...spec.securityContext, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  return goShape(POD_SHAPES, 'PodSpec', { ...spec, securityContext });
}
