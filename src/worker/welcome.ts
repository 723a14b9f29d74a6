import type { InputFile } from '../cluster/input.ts';

/** The cluster of a first visit: one master and three minions, all defaults. */
export const WELCOME_DOCUMENT = `apiVersion: kubarium.dev/v1alpha1
kind: Cluster
masters: 1
minions: 3
`;

/** What is being rolled out on it when the page opens; also the first file in the editor. */
export const WELCOME_FILES: readonly InputFile[] = [
  {
    name: 'web.yaml',
    text: `# Three pods that serve pages, and one
# lasting address before them. Change
# something, then press Apply.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports:
        - containerPort: 80
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
  - port: 80
`,
  },
];
