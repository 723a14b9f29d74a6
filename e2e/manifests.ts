/** Manifests of acceptance/04-replication.md. */
export const REPLICATION = `apiVersion: v1
kind: ReplicationController
metadata:
  name: nginx-www
spec:
  replicas: 3
  selector:
    app: nginx
  template:
    metadata:
      name: nginx
      labels:
        app: nginx
    spec:
      containers:
      - name: nginx
        image: nginx
        ports:
        - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: nginx-service
spec:
  ports:
  - port: 8000
    targetPort: 80
    protocol: TCP
  selector:
    app: nginx
---
apiVersion: apps/v1beta2
kind: ReplicaSet
metadata:
  name: stall
spec:
  replicas: 3
  selector:
    matchExpressions:
    - key: app
      operator: In
      values:
      - stall
    - key: retired
      operator: DoesNotExist
  template:
    metadata:
      labels:
        app: stall
    spec:
      containers:
      - name: kubia
        image: luksa/kubia
`;

/** Manifests of acceptance/05-services.md. */
export const SERVICES = `apiVersion: v1
kind: ReplicationController
metadata:
  name: kubia
spec:
  replicas: 3
  selector: { app: kubia }
  template:
    metadata:
      labels: { app: kubia }
    spec:
      containers:
      - name: kubia
        image: luksa/kubia
        ports:
        - { name: http, containerPort: 8080 }
        - { name: https, containerPort: 8443 }
---
apiVersion: v1
kind: Service
metadata:
  name: kubia
spec:
  ports:
  - { name: http, port: 80, targetPort: 8080 }
  - { name: https, port: 443, targetPort: https }
  selector:
    app: kubia
`;
