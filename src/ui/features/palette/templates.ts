/** Manifests to begin with: small, complete, and right. */
export interface Template {
  readonly kind: string;
  readonly about: string;
  readonly text: string;
}

const workload = (apiVersion: string, kind: string, name: string, selector: string) => `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}
spec:
  replicas: 3
  selector:
${selector}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
      - name: ${name}
        image: nginx:1.27
        ports:
        - containerPort: 80
`;

export const TEMPLATES: readonly Template[] = [
  {
    kind: 'Pod',
    about: 'One or more containers that live and die together',
    text: `apiVersion: v1
kind: Pod
metadata:
  name: lone
  labels:
    app: lone
spec:
  containers:
  - name: nginx
    image: nginx:1.27
    ports:
    - containerPort: 80
`,
  },
  {
    kind: 'Deployment',
    about: 'Pods that are kept alive and rolled to new versions',
    text: workload('apps/v1', 'Deployment', 'shop', '    matchLabels:\n      app: shop'),
  },
  {
    kind: 'ReplicaSet',
    about: 'So many pods alike, no more and no fewer',
    text: workload('apps/v1', 'ReplicaSet', 'stall', '    matchLabels:\n      app: stall'),
  },
  {
    kind: 'ReplicationController',
    about: 'The replica set of old',
    text: workload('v1', 'ReplicationController', 'booth', '    app: booth'),
  },
  {
    kind: 'Service',
    about: 'One lasting address before many pods',
    text: `apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector:
    app: shop
  ports:
  - port: 80
    targetPort: 80
`,
  },
  {
    kind: 'ConfigMap',
    about: 'Settings that pods read',
    text: `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  greeting: hello
`,
  },
  {
    kind: 'Secret',
    about: 'Settings that not everybody may read',
    text: `apiVersion: v1
kind: Secret
metadata:
  name: credentials
stringData:
  password: change-me
`,
  },
  {
    kind: 'Namespace',
    about: 'A room of its own for names',
    text: `apiVersion: v1
kind: Namespace
metadata:
  name: team
`,
  },
];
